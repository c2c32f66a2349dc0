import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

type Way = 'sent' | 'received';

/** A line between client and gateway that can be cut and laid to another gateway. Passes TLS through untouched. */
export class TestProxy {
  readonly #sockets = new Set<Socket>();
  readonly #passed = { sent: 0, received: 0 };
  isDown = false;
  /** Connections that were turned away while it was down. */
  refused = 0;
  #waiting: { way: Way; at: number; resolve: () => void }[] = [];

  private constructor(
    private readonly server: Server,
    public target: number,
  ) {}

  static async start(target: number): Promise<TestProxy> {
    const server = createServer({ pauseOnConnect: true }, (near) => proxy.#join(near));
    const proxy = new TestProxy(server, target);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Resolves when the client has sent this many more bytes. */
  afterBytes(count: number): Promise<void> {
    return this.#after('sent', count);
  }

  afterReceived(count: number): Promise<void> {
    return this.#after('received', count);
  }

  #after(way: Way, count: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ way, at: this.#passed[way] + count, resolve }));
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #join(near: Socket): void {
    if (this.isDown) {
      this.refused++;
      near.destroy();
      return;
    }
    const far = connect(this.target, '127.0.0.1');
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (bytes) => this.#count('sent', bytes.length));
    far.on('data', (bytes) => this.#count('received', bytes.length));
    near.pipe(far);
    far.pipe(near);
  }

  #count(way: Way, bytes: number): void {
    this.#passed[way] += bytes;
    const isDue = (wait: { way: Way; at: number }) => wait.way === way && wait.at <= this.#passed[way];
    const due = this.#waiting.filter(isDue);
    this.#waiting = this.#waiting.filter((wait) => !isDue(wait));
    for (const { resolve } of due) resolve();
  }
}

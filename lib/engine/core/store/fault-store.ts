import { CrossvaultError } from '@/lib/errors';
import type { ByteRange, ObjectPage, ObjectStat, ObjectStore } from './object-store';

export type StoreOperation = keyof ObjectStore;

/**
 * What to do to a call: fail before it has any effect, fail after it had it, flip a bit of what it reads, answer a put that
 * never happens, or nothing.
 */
export type Fault = 'before' | 'after' | 'rot' | 'lost' | null;

/** Injects faults by plan, for tests and rehearsals. Counts calls from 0 over all operations. */
export class FaultStore implements ObjectStore {
  calls = 0;

  constructor(
    private readonly inner: ObjectStore,
    private readonly plan: (operation: StoreOperation, call: number, name: string) => Fault,
  ) {}

  putIfAbsent(name: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<'created' | 'exists'> {
    return this.#call('putIfAbsent', name, () => this.inner.putIfAbsent(name, bytes), 'created');
  }

  get(name: string, range?: ByteRange, into?: Uint8Array): Promise<Uint8Array> {
    return this.#call('get', name, () => this.inner.get(name, range, into));
  }

  list(prefix: string, options?: { after?: string; limit?: number }): Promise<ObjectPage> {
    return this.#call('list', prefix, () => this.inner.list(prefix, options));
  }

  delete(name: string): Promise<void> {
    return this.#call('delete', name, () => this.inner.delete(name));
  }

  stat(name: string): Promise<ObjectStat | null> {
    return this.#call('stat', name, () => this.inner.stat(name));
  }

  async #call<T>(operation: StoreOperation, name: string, act: () => Promise<T>, lie?: T): Promise<T> {
    const fault = this.plan(operation, this.calls++, name);
    const failure = () => new CrossvaultError('storage_unavailable', `Injected fault: ${operation} ${name}.`);
    if (fault === 'before') throw failure();
    if (fault === 'lost' && lie !== undefined) return lie;
    const answer = await act();
    if (fault === 'after') throw failure();
    if (fault === 'rot' && answer instanceof Uint8Array && answer.length > 0)
      answer[answer.length >>> 1]! ^= 1;
    return answer;
  }
}

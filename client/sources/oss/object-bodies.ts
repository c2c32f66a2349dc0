import type { ByteBudget, Gate } from './gate';
import type { ListedObject } from './listed-object';
import { roomFor } from './part-buffers';
import { type ObjectPart, partBytes } from './read-object';

export type ReadPart = (object: ListedObject, index: number) => Promise<ObjectPart>;

/** Even an empty object takes memory for its answer. */
const leastBytes = 16 * 1024;

/** An object's parts in order, several under way at a time. */
export class ObjectBody {
  readonly #parts: { part: Promise<ObjectPart>; cost: number }[] = [];
  readonly #count: number;
  #taken = 0;
  #isOver = false;
  #wake: (() => void) | null = null;

  constructor(
    readonly object: ListedObject,
    private readonly budget: ByteBudget,
  ) {
    this.#count = Math.max(1, Math.ceil(object.sizeBytes / partBytes));
  }

  /** Asks for the parts as the budget allows; resolves when all are under way, or when nobody wants them any more. */
  async fetch(gate: Gate, readPart: ReadPart): Promise<void> {
    for (let index = 0; index < this.#count; index++) {
      const length = Math.min(partBytes, this.object.sizeBytes - index * partBytes);
      const cost = Math.max(roomFor(length), leastBytes);
      await this.budget.take(cost);
      if (this.#isOver) return this.budget.give(cost);
      const part = gate.run(() => readPart(this.object, index));
      part.catch(() => {});
      this.#parts.push({ part, cost });
      this.#wake?.();
    }
  }

  /** The next part, valid until the one after it is asked for; null at the end. */
  async next(): Promise<ObjectPart | null> {
    if (this.#taken > 0) this.#giveBack(this.#taken - 1);
    if (this.#taken === this.#count) return null;
    while (this.#parts.length <= this.#taken) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const { part } = this.#parts[this.#taken++]!;
    return part;
  }

  /** Gives back what is held; for a body that is not read to its end as well. */
  close(): void {
    this.#isOver = true;
    for (const [index, { part }] of this.#parts.entries())
      part.finally(() => this.#giveBack(index)).catch(() => {});
  }

  #giveBack(index: number): void {
    const one = this.#parts[index]!;
    const { part, cost } = one;
    if (cost === 0) return;
    const release = part.then(
      (read) => read.release?.(),
      () => {},
    );
    void release.then(() => this.budget.give(cost));
    one.cost = 0;
    one.part = Promise.resolve({ bytes: Buffer.alloc(0), isEtagOfBytes: false });
  }
}

interface Waiting<S> {
  step: S;
  body: ObjectBody | null;
}

export interface Ahead {
  gate: Gate;
  budget: ByteBudget;
  readPart: ReadPart;
  /** Steps taken from the source ahead of the one being worked on. */
  maxSteps: number;
}

/**
 * Passes steps on in order, those that need an object's bytes with its body, whose parts are asked for ahead: memory is
 * bounded by the budget and the number of steps, whatever the objects' sizes.
 */
export async function* withBodies<S>(
  steps: AsyncGenerator<S>,
  wanted: (step: S) => ListedObject | null,
  ahead: Ahead,
): AsyncGenerator<Waiting<S>> {
  const queue: Waiting<S>[] = [];
  let isOver = false;
  let wakeReader = () => {};
  let wakePump = () => {};
  let failure: { error: unknown } | null = null;
  const pump = async () => {
    try {
      for await (const step of steps) {
        while (queue.length >= ahead.maxSteps && !isOver)
          await new Promise<void>((resolve) => {
            wakePump = resolve;
          });
        if (isOver) return;
        const object = wanted(step);
        const body = object && new ObjectBody(object, ahead.budget);
        queue.push({ step, body });
        wakeReader();
        await body?.fetch(ahead.gate, ahead.readPart);
      }
    } catch (error) {
      failure = { error };
    } finally {
      isOver = true;
      wakeReader();
    }
  };
  const pumping = pump();
  try {
    for (;;) {
      const next = queue.shift();
      wakePump();
      if (next) yield next;
      else if (failure) throw (failure as { error: unknown }).error;
      else if (isOver) return;
      else
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
    }
  } finally {
    isOver = true;
    wakePump();
    for (const { body } of queue) body?.close();
    await pumping;
  }
}

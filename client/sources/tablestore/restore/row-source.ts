import type { ReadyStep } from '../../../restore/read-ahead';
import type { KeyColumn, Row } from '../model';
import { RowReader } from '../rows/row-format';

/** One file of rows out of the stream of ready steps. @throws what kept a part of it from being read, after its rows before it. */
export async function* readRowFile(
  steps: AsyncIterator<ReadyStep>,
  key: readonly KeyColumn[],
): AsyncGenerator<{ row: Row; bytes: number }> {
  const reader = new RowReader(key);
  for (;;) {
    const next = await steps.next();
    if (next.done) throw new Error('Invariant broken: a plan ended inside a file');
    const step = next.value;
    if (step.step === 'end') {
      if (step.error) throw step.error;
      return reader.finish();
    }
    if (step.step !== 'chunk') throw new Error('Invariant broken: a file is followed by its chunks');
    if (step.fetched instanceof Error) throw step.fetched;
    yield* reader.read(Buffer.from(step.fetched.buffer, step.fetched.byteOffset, step.fetched.length));
  }
}

/** Takes the rest of a file, so that the next one begins. */
export async function skipRowFile(steps: AsyncIterator<ReadyStep>): Promise<void> {
  for (let next = await steps.next(); !next.done && next.value.step !== 'end'; ) next = await steps.next();
}

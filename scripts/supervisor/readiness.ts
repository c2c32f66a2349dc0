import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 90_000;

/** Where a log ends now: what is written later belongs to the process that starts next. */
export function logEnd(file: string): number {
  try {
    return readFrom(file, 0).end;
  } catch {
    return 0;
  }
}

/** Until a JSON line with this message is in the log beyond `from`. */
export async function untilLogged(
  file: string,
  from: number,
  signal: AbortSignal,
  message = 'ready',
): Promise<void> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline && !signal.aborted; ) {
    if (readFrom(file, from).text.includes(`"msg":"${message}"`)) return;
    await delay(50);
  }
  if (!signal.aborted) throw new Error(`It was not ready after ${patienceMs / 1000} s; see ${file}`);
}

/** Until the address answers with anything but a failure of its own. */
export async function untilAnswered(url: string, signal: AbortSignal): Promise<void> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline && !signal.aborted; ) {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000), redirect: 'manual' }).catch(
      () => null,
    );
    if (response && response.status < 500) return;
    await delay(100);
  }
  if (!signal.aborted) throw new Error(`${url} did not answer within ${patienceMs / 1000} s`);
}

function readFrom(file: string, from: number): { text: string; end: number } {
  const handle = openSync(file, 'r');
  try {
    const end = fstatSync(handle).size;
    const buffer = Buffer.alloc(Math.max(0, end - from));
    readSync(handle, buffer, 0, buffer.length, from);
    return { text: buffer.toString(), end };
  } finally {
    closeSync(handle);
  }
}

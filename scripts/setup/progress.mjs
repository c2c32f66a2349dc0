/**
 * Shows one step of the start with its elapsed time, live on a terminal. Returns what the step returns; after a failure
 * the line says so and the error goes on.
 *
 * @template T
 * @param {string} title what is being done, in the present participle
 * @param {(note: (text: string) => void) => Promise<T>} run
 * @returns {Promise<T>}
 */
export async function step(title, run) {
  const start = performance.now();
  const isLive = process.stdout.isTTY;
  let detail = '';
  const line = () => `${title}${detail && `: ${detail}`} … ${elapsed(start)}`;
  const redraw = () => process.stdout.write(`\r\x1b[2K${line()}`);
  const note = (text) => {
    detail = text;
    if (isLive) redraw();
    else console.log(line());
  };
  if (isLive) redraw();
  else console.log(`${title} …`);
  const timer = isLive ? setInterval(redraw, 500) : undefined;
  let outcome = 'failed after';
  try {
    const result = await run(note);
    outcome = 'done in';
    return result;
  } finally {
    clearInterval(timer);
    console.log(`${isLive ? '\r\x1b[2K' : ''}${title}: ${outcome} ${elapsed(start)}`);
  }
}

function elapsed(start) {
  const seconds = (performance.now() - start) / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

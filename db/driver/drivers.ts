import { createRequire } from 'node:module';
import type postgres from 'postgres';

export type Driver = typeof postgres;

const require = createRequire(import.meta.url);

/** The repair must hold in both builds; the driver as published shows that the tests can fail. */
const loaders: Record<string, () => Promise<Driver>> = {
  'repaired-esm': async () => (await import('postgres')).default,
  'repaired-cjs': async () => require('postgres') as Driver,
  published: async () => (await import('postgres-unpatched' as string)).default as Driver,
};

export function loadDriver(name: string): Promise<Driver> {
  const load = loaders[name];
  if (!load) throw new Error(`No such driver: ${name}`);
  return load();
}

/** The pool of the product, as far as it matters here: few connections and a quick return after a loss. */
export const poolOptions = {
  connect_timeout: 5,
  backoff: (attempt: number) => Math.min(0.02 * 2 ** attempt, 0.5),
  onnotice: () => {},
};

/** Settles with the outcome in one word: `ok`, the error's code, or `HUNG` after `limitMs`. */
export async function outcomeOf(work: PromiseLike<unknown>, limitMs = 3000): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, limitMs, 'HUNG');
  });
  const settled = Promise.resolve(work).then(
    () => 'ok',
    (error) => String(error?.cause?.code ?? error?.code ?? error?.message),
  );
  try {
    return await Promise.race([settled, hung]);
  } finally {
    clearTimeout(timer);
  }
}

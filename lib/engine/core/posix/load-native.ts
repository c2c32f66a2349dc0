import { createRequire } from 'node:module';

interface Library {
  func(declaration: string): (...values: (number | bigint | Uint8Array | null)[]) => number;
}

/** What is used of the foreign function interface whose prebuilt binaries come with npm. */
export interface Native {
  load(path: null): Library;
  errno(): number;
}

/**
 * The binary lies in `native/` beside a bundled program, and in `node_modules` otherwise. Null where there is none for this
 * system: then the calls that Node lacks are not made, and what they would keep is not kept.
 */
export function loadNative(): Native | null {
  if (process.platform !== 'linux') return null;
  const require = createRequire(import.meta.url);
  const { arch } = process;
  const places = ['linux', 'musl'].flatMap((libc) => [
    `./native/${libc}_${arch}.node`,
    `@koromix/koffi-linux-${arch}/${libc}_${arch}/koffi.node`,
  ]);
  for (const place of places) {
    try {
      return require(place) as Native;
    } catch {
      // Not there, or for the other C library.
    }
  }
  return null;
}

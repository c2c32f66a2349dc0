/**
 * An encoded path (`encodedPath` of lib/schemas.ts) as a reader sees it: UTF-8 where the bytes are, the replacement
 * character where they are not, and line breaks made visible. For showing only; two paths may look the same.
 */
export function showPath(path: string): string {
  const bytes = path.match(/%[0-9A-F]{2}|[^%]/g) ?? [];
  const raw = Uint8Array.from(bytes, (part) =>
    part.length === 3 ? Number.parseInt(part.slice(1), 16) : part.charCodeAt(0),
  );
  return showName(new TextDecoder().decode(raw));
}

/** Names may hold anything but `/` and NUL; what cannot be seen is made visible. */
export function showName(name: string): string {
  return name.replace(/\n/g, '␊').replace(/\r/g, '␍').replace(/\t/g, '␉');
}

/** The encoded path of the folder above, the empty string for one at the root. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

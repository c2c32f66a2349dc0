/**
 * An encoded path (`encodedPath` of lib/schemas.ts) as a reader sees it: UTF-8 where the bytes are, the replacement
 * character where they are not, and what cannot be seen written out. For showing only; two paths may look the same.
 */
export function showPath(path: string): string {
  return showName(new TextDecoder().decode(bytesOfPath(path)));
}

/** The bytes that an encoded path stands for. */
export function bytesOfPath(path: string): Uint8Array {
  const bytes = path.match(/%[0-9A-F]{2}|[^%]/g) ?? [];
  return Uint8Array.from(bytes, (part) =>
    part.length === 3 ? Number.parseInt(part.slice(1), 16) : part.charCodeAt(0),
  );
}

const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Names may hold anything but `/` and NUL. What cannot be seen is written out, and so is what turns the direction of
 * the text, with which one name can be made to look like another.
 */
export function showName(name: string): string {
  return name.replace(
    /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (char) => named[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

import { CrossvaultError } from '@/lib/errors';

/** The raw names of an encoded path (`lib/schemas`, `encodedPath`). @throws `invalid_input` for `.`, `..`, NUL or `/`. */
export function decodePath(path: string): Buffer[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => {
      const text = segment.replace(/%([0-9A-F]{2})/g, (_, hex) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      if (text === '.' || text === '..' || /[/\0]/.test(text)) {
        throw new CrossvaultError('invalid_input', `"${path}" is not a path inside a backup point.`);
      }
      return Buffer.from(text, 'latin1');
    });
}

/** Raw names as an encoded path. */
export function encodePath(names: readonly Uint8Array[]): string {
  return names.map(encodeName).join('/');
}

function encodeName(name: Uint8Array): string {
  let out = '';
  for (const byte of name) {
    const char = String.fromCharCode(byte);
    out += /[A-Za-z0-9._~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

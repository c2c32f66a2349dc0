/**
 * Object keys as paths of a backup point's tree, without loss and in the same order. A key is cut at each `/`; the parts
 * become names. A name is its part's UTF-8 bytes, except that byte 1 introduces what a name cannot hold:
 *
 *   01 at the end   an object whose key is also a folder's: `a` beside `a/b`
 *   01 02           ends the parts ``, `.` and `..`
 *   01 03, 01 04    the bytes 0 and 1
 *   01 05           ends a name after which the same part goes on one folder further down
 *
 * Byte 1 sorts before all that names otherwise hold, so names sort as their parts do: trees are built while keys are listed.
 */
const escapeByte = 1;
const endsSpecial = 2;
const endsPiece = 5;
/** Leaves room for the marks in the 255 bytes of a name. */
const maxPieceBytes = 250;
const slash = 0x2f;
const dot = 0x2e;

export const maxKeyBytes = 1024;

const isDots = (part: Uint8Array) => part.length <= 2 && part.every((byte) => byte === dot);

/** The names of one part: several only for a part that is too long for one. */
function encodePart(part: Uint8Array): Uint8Array[] {
  if (isDots(part)) return [Uint8Array.of(...part, escapeByte, endsSpecial)];
  const names: Uint8Array[] = [];
  const name: number[] = [];
  for (const [at, byte] of part.entries()) {
    const width = byte <= 1 ? 2 : 1;
    if (name.length + width > maxPieceBytes) {
      names.push(Uint8Array.of(...name, escapeByte, endsPiece));
      return [...names, ...encodePart(part.subarray(at))];
    }
    if (byte <= 1) name.push(escapeByte, byte + 3);
    else name.push(byte);
  }
  return [Uint8Array.from(name)];
}

/** The path of an object in the tree, outermost folder first; the last name is the object's own. */
export function namesOfKey(key: Uint8Array): Uint8Array[] {
  const names: Uint8Array[] = [];
  let start = 0;
  for (let at = 0; at <= key.length; at++) {
    if (at < key.length && key[at] !== slash) continue;
    names.push(...encodePart(key.subarray(start, at)));
    start = at + 1;
  }
  return names;
}

/** The object's own name where a folder of that name lies beside it. */
export function besideFolder(name: Uint8Array): Uint8Array {
  return Uint8Array.of(...name, escapeByte);
}

interface DecodedName {
  bytes: number[];
  goesOn: boolean;
}

/** Null for what no encoder writes. */
function decodeName(name: Uint8Array, isLast: boolean): DecodedName | null {
  const bytes: number[] = [];
  for (let at = 0; at < name.length; at++) {
    const byte = name[at]!;
    if (byte !== escapeByte) {
      if (byte === 0 || byte === slash) return null;
      bytes.push(byte);
      continue;
    }
    const mark = name[++at];
    const isEnd = at >= name.length - 1;
    if (mark === undefined && isLast) return { bytes, goesOn: false };
    if (mark === 3 || mark === 4) bytes.push(mark - 3);
    else if (mark === endsPiece && isEnd && !isLast) return { bytes, goesOn: true };
    else if (mark !== endsSpecial || !isDots(Uint8Array.from(bytes))) return null;
  }
  return { bytes, goesOn: false };
}

/** The part of a key that a name of a tree stands for, or begins with; null for a name that stands for none. */
export function partOfName(name: Uint8Array): Uint8Array | null {
  const decoded = decodeName(name, true) ?? decodeName(name, false);
  return decoded && Uint8Array.from(decoded.bytes);
}

/** The key that a path of a tree stands for; null for a path that stands for none. */
export function keyOfNames(names: readonly Uint8Array[]): Uint8Array | null {
  const key: number[] = [];
  for (const [at, name] of names.entries()) {
    const decoded = decodeName(name, at === names.length - 1);
    if (!decoded) return null;
    for (const byte of decoded.bytes) key.push(byte);
    if (!decoded.goesOn && at < names.length - 1) key.push(slash);
  }
  const bytes = Uint8Array.from(key);
  // One key, one path: what decodes without having been encoded so would let two entries stand for the same object.
  return isSamePath(namesOfKey(bytes), names) ? bytes : null;
}

function isSamePath(encoded: readonly Uint8Array[], given: readonly Uint8Array[]): boolean {
  if (encoded.length !== given.length) return false;
  return encoded.every((name, at) => {
    const other = given[at]!;
    const isBesideFolder =
      at === given.length - 1 && other.length === name.length + 1 && other.at(-1) === escapeByte;
    if (!isBesideFolder && other.length !== name.length) return false;
    return name.every((byte, i) => byte === other[i]);
  });
}

/** Keys in the order of the tree: as bytes, but with `/` before every other byte. */
export function compareInTree(a: Uint8Array, b: Uint8Array): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at++) {
    if (a[at] === b[at]) continue;
    if (a[at] === slash) return -1;
    if (b[at] === slash) return 1;
    return a[at]! - b[at]!;
  }
  return a.length - b.length;
}

import type { SourceKind } from '@/lib/schemas';
import { keyOfNames, partOfName } from '@/lib/sources/schemas';
import { bytesOfPath, showName, showPath } from './encoded-path';

const text = (bytes: Uint8Array) => showName(new TextDecoder().decode(bytes));

/** The name of an entry as its own kind of source knows it: an object's is the part of its key. */
export function showEntryName(kind: SourceKind, name: string): string {
  if (kind !== 'oss') return showName(name);
  const part = partOfName(new TextEncoder().encode(name));
  if (!part) return showName(name);
  return part.length > 0 ? text(part) : '(empty name)';
}

/** The path of an entry the same way; of an object, its key without a slash before it. */
export function showEntryPath(kind: SourceKind, path: string): string {
  if (kind !== 'oss' || path === '') return `/${showPath(path)}`;
  const names = path.split('/').map(bytesOfPath);
  const key = keyOfNames(names);
  if (key) return text(key);
  return names.map((name) => text(partOfName(name) ?? name)).join('/');
}

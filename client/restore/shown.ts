import { joinPath } from '@/lib/engine/core/walk';
import { printable } from '../format';

export function joinNames(names: readonly Uint8Array[]): Buffer {
  return names.reduce<Buffer>((path, name) => joinPath(path, name), Buffer.alloc(0));
}

/** A path of raw names as a reader sees it. */
export function shown(names: readonly Uint8Array[]): string {
  return printable(joinNames(names));
}

/** A POSIX access list as the kernel keeps it: owner and group read and write, one more user, nobody else. */
export function accessList({ user, permissions }: { user: number; permissions: number }): Buffer {
  const unnamed = 0xffffffff;
  const entries: [tag: number, permissions: number, id: number][] = [
    [0x01, 6, unnamed],
    [0x02, permissions, user],
    [0x04, 4, unnamed],
    [0x10, 7, unnamed],
    [0x20, 0, unnamed],
  ];
  const list = Buffer.alloc(4 + 8 * entries.length);
  list.writeUInt32LE(2);
  for (const [i, [tag, bits, id]] of entries.entries()) {
    list.writeUInt16LE(tag, 4 + 8 * i);
    list.writeUInt16LE(bits, 6 + 8 * i);
    list.writeUInt32LE(id, 8 + 8 * i);
  }
  return list;
}

/** The entry of a disk in a backup. */
export const diskPath = (position: number) => `disk-${String(position).padStart(2, '0')}.img`;

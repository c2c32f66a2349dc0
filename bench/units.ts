export function mebibytes(bytes: number): string {
  const value = bytes / 1024 ** 2;
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}

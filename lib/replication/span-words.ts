const units: [string, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** A span in its largest whole unit, and the next one where it counts: `1 day 6 hours`, `45 minutes`. */
export function spanWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const at = units.findIndex(([, size]) => whole >= size);
  if (at < 0) return '0 seconds';
  const [name, size] = units[at]!;
  const count = Math.floor(whole / size);
  const rest = units[at + 1];
  const further = rest ? Math.floor((whole % size) / rest[1]) : 0;
  const words = plural(count, name);
  return rest && further > 0 && count < 10 ? `${words} ${plural(further, rest[0])}` : words;
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

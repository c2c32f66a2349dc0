const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the runtime knows a time zone by this IANA name. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** `2026-03-29`: the date on a wall calendar in the zone at this moment. */
export function localDate(at: Date, timeZone: string): string {
  return formatOf(timeZone).format(at).slice(0, 10);
}

/** Hour and minute on a wall clock in the zone. */
export function localTime(at: Date, timeZone: string): { hour: number; minute: number } {
  const [hour, minute] = formatOf(timeZone).format(at).slice(12).split(':').map(Number);
  return { hour: hour!, minute: minute! };
}

/** Days since 1 January 1970 of a date on the wall calendar, whatever the clocks did in between. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}

/** The Monday of the date's week. */
export function mondayOf(date: string): string {
  const day = dayNumber(date);
  // 1 January 1970 was a Thursday.
  const sinceMonday = (day + 3) % 7;
  return new Date((day - sinceMonday) * 86_400_000).toISOString().slice(0, 10);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, made);
  return made;
}

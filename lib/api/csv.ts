/** One line of RFC 4180. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

function field(value: unknown): string {
  const text = String(value ?? '');
  // A spreadsheet would run a name such as `=HYPERLINK(…)` as a formula; a quote in front makes it text.
  const inert = typeof value !== 'number' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

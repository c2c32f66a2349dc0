const encoded = /^=\?UTF-8\?B\?([A-Za-z0-9+/=]*)\?=$/i;

/** Text as a header carries it: ASCII as it is, everything else in the form in which servers give it out themselves. */
export function toHeader(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !encoded.test(text)) return text;
  return `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}

/** The text of a header, whose bytes arrive as one character each. */
export function fromHeader(value: string): string {
  const base64 = encoded.exec(value)?.[1];
  if (base64 !== undefined) return Buffer.from(base64, 'base64').toString();
  const text = Buffer.from(value, 'latin1').toString();
  return text.includes('\ufffd') ? value : text;
}

export const toHeaders = (pairs: Record<string, string>) => mapValues(pairs, toHeader);
export const fromHeaders = (pairs: Record<string, string>) => mapValues(pairs, fromHeader);

function mapValues(pairs: Record<string, string>, map: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(pairs).map(([key, value]) => [key, map(value)]));
}

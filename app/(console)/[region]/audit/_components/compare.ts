export interface Change {
  field: string;
  before: unknown;
  after: unknown;
}

/** The fields of a row before and after, in their order; a value that is no object counts as one field. */
export function compare(before: unknown, after: unknown): Change[] {
  const [old, next] = [toFields(before), toFields(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  return names.map((field) => ({ field, before: old[field], after: next[field] }));
}

/** One value as text; absent is null. */
export function showValue(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}

function toFields(value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : { value };
}

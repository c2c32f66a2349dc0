/** The default export of a CommonJS module, whether the bundler unwrapped it or, as Node does, did not. */
export function defaultExport<T>(imported: T): T {
  return (imported as { default?: T }).default ?? imported;
}

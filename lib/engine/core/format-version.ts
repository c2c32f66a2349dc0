/** Of everything in a vault: see docs/vault-format.md. A vault of an older version is read by every later one. */
export const formatVersion = 1;

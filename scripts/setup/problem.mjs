/** Something that the person at the terminal can put right: shown as its message alone, without a stack. */
export class Problem extends Error {
  name = 'Problem';
}

/** Shows why a script ends and ends it. */
export function fail(error) {
  if (error?.name === 'Problem') console.error(`crossvault: ${error.message}`);
  else console.error(error);
  process.exit(1);
}

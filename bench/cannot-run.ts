/** Why a part could not run; not a fault of the product. */
export class CannotRun extends Error {}

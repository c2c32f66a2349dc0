export class DoubleError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const invalid = (message: string) => new DoubleError(400, 'OTSParameterInvalid', message);
export const tableMissing = () =>
  new DoubleError(404, 'OTSObjectNotExist', 'Requested table does not exist.');

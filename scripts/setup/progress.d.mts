/** Shows one step of the start with its elapsed time; `note` says what it is at. */
export function step<T>(title: string, run: (note: (text: string) => void) => Promise<T>): Promise<T>;

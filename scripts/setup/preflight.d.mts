/** What would make the start fail, found before anything that takes long. Throws a Problem. */
export function preflight(env?: Record<string, string | undefined>): Promise<void>;

/** Throws a Problem for the first port that cannot be listened on. */
export function requirePorts(env?: Record<string, string | undefined>): Promise<void>;

/** Creates the folder if need be and throws a Problem when nothing can be written in it. */
export function requireWritable(folder: string, name: string, advice: string): void;

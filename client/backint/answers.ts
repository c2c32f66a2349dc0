import { closeSync, openSync, writeSync } from 'node:fs';
import { clientVersion } from '../version';
import { formatToken, quote } from './tokens';

/** The newest version of the interface that this agent speaks. */
export const interfaceVersion = '1.50';

export interface Found {
  ebid: string;
  path: string;
  savedAt: string;
}

/** A caller that speaks an older version is answered in that one. */
export function agreeOnVersion(asked: string | null): string {
  if (asked === null) return '1.04';
  return isAtLeast(asked, interfaceVersion) ? interfaceVersion : asked;
}

/** Versions are decimals: 1.4 and 1.40 are the same, 1.04 is older. */
function isAtLeast(version: string, wanted: string): boolean {
  const number = (text: string) => {
    const [major = '0', minor = ''] = text.split('.');
    return Number(major) * 1000 + Number(minor.padEnd(3, '0').slice(0, 3));
  };
  return number(version) >= number(wanted);
}

/**
 * The answers of one call, in the words of the interface; each line is written at once. Names that the caller gave are
 * passed as it wrote them.
 */
export class Answers {
  #output: number | null = null;
  failed = 0;
  #version = '1.04';

  /** @param path null for standard output. An output file that is there already is written anew. */
  constructor(private readonly path: string | null) {}

  begin(asked: string | null): void {
    this.#version = agreeOnVersion(asked);
    this.#output = this.path === null ? 1 : openSync(this.path, 'w', 0o640);
    this.#write(`#SOFTWAREID ${quote(`backint ${this.#version}`)} ${quote(`crossvault ${clientVersion}`)}`);
  }

  saved(ebid: string, name: string, bytes: number): void {
    this.#write(`#SAVED ${quote(ebid)} ${name} ${bytes}`);
  }

  restored(ebid: string, name: string): void {
    this.#write(`#RESTORED ${quote(ebid)} ${name}`);
  }

  deleted(ebid: string, name: string): void {
    this.#write(`#DELETED ${ebid} ${name}`);
  }

  /** @param name as the caller wrote it; null writes the object's own. */
  backup({ ebid, path, savedAt }: Found, name: string | null): void {
    const time = isAtLeast(this.#version, '1.50') ? ` ${quote(savedAt)}` : '';
    this.#write(`#BACKUP ${quote(ebid)} ${name ?? formatToken(path)}${time}`);
  }

  notFound(...parameters: (string | undefined)[]): void {
    this.#write(['#NOTFOUND', ...parameters.filter(Boolean)].join(' '));
  }

  error(...parameters: (string | undefined)[]): void {
    this.failed++;
    this.#write(['#ERROR', ...parameters.filter(Boolean)].join(' '));
  }

  end(): void {
    if (this.#output !== null && this.#output !== 1) closeSync(this.#output);
    this.#output = null;
  }

  #write(line: string): void {
    if (this.#output === null) throw new Error('Invariant broken: an answer before the first line');
    writeSync(this.#output, `${line}\n`);
  }
}

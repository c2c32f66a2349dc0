import type { z } from 'zod';
import type { SourceKind } from '@/lib/schemas';

/** What a kind of source that is registered consists of. The config is shown to everybody of the account; the secret to nobody. */
export interface RegisteredKind<Config extends z.ZodType = z.ZodType, Secret extends z.ZodType = z.ZodType> {
  kind: SourceKind;
  /** Who moves its bytes: the engine's mover in a region, or the backup client of a host that was chosen. */
  servedBy: 'region' | 'client';
  config: Config;
  /** Made and removed with the thing itself, such as a disk, and not registered by hand. */
  comesWithThing?: boolean;
  /** Null for a kind that needs none. */
  secret: Secret | null;
  /** What tells it from others of its client: registering the same twice is refused. At most 1,024 bytes. */
  item(config: z.output<Config>): string;
  /** The name it gets when nobody gives one. */
  defaultName(config: z.output<Config>): string;
  /** What of the config stays when the source is changed: another bucket is another source. */
  fixedFields: readonly (keyof z.output<Config> & string)[];
}

export function defineKind<Config extends z.ZodType, Secret extends z.ZodType>(
  kind: RegisteredKind<Config, Secret>,
): RegisteredKind<Config, Secret> {
  return kind;
}

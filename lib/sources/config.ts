import { z } from 'zod';
import type { SourceKind } from '@/lib/schemas';
import { commonNas } from './kinds/common-nas';
import { cpfs } from './kinds/cpfs';
import { disk } from './kinds/disk';
import { hana } from './kinds/hana';
import type { RegisteredKind } from './kinds/kind';
import { nas } from './kinds/nas';
import { oss } from './kinds/oss';
import { server } from './kinds/server';
import { tablestore } from './kinds/tablestore';

export type { RegisteredKind } from './kinds/kind';

/** What is needed to reach a registered source; the secret is kept apart from it. */
export const SourceConfig = z.discriminatedUnion('kind', [
  oss.config,
  nas.config,
  commonNas.config,
  tablestore.config,
  cpfs.config,
  hana.config,
  disk.config,
  server.config,
]);
export type SourceConfig = z.infer<typeof SourceConfig>;
export type RegisteredSourceKind = SourceConfig['kind'];

const registered = { oss, nas, common_nas: commonNas, tablestore, cpfs, hana, disk, server } satisfies Record<
  RegisteredSourceKind,
  unknown
>;

/** The rules of a kind that is registered; null for one that comes with its client or from a command of its host. */
export function findRegisteredKind(kind: SourceKind): RegisteredKind | null {
  return kind in registered ? (registered[kind as RegisteredSourceKind] as unknown as RegisteredKind) : null;
}

/** Those that are registered by hand. */
export const registrableKinds = ['oss', 'nas', 'common_nas', 'tablestore', 'cpfs', 'hana'] as const;
export type RegistrableKind = (typeof registrableKinds)[number];

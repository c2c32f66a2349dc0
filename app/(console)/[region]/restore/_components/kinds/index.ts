import type { SourceKind } from '@/lib/schemas';
import { commonNas } from './common-nas';
import { cpfs } from './cpfs';
import { ecsFile } from './ecs-file';
import { hana } from './hana';
import type { RestoreKindUi } from './kind';
import { localFile } from './local-file';
import { nas } from './nas';
import { oss } from './oss';
import { containerImage, databaseDump } from './streams';
import { tablestore } from './tablestore';

export type WizardKind = Exclude<SourceKind, 'disk' | 'server'>;

/** The kinds in the order they are offered; disks and servers are made anew from their backups instead. */
export const kindUis: Record<WizardKind, RestoreKindUi> = {
  ecs_file: ecsFile,
  oss,
  nas,
  hana,
  tablestore,
  common_nas: commonNas,
  local_file: localFile,
  cpfs,
  database_dump: databaseDump,
  container_image: containerImage,
};

export function isWizardKind(kind: string | null): kind is WizardKind {
  return kind !== null && kind in kindUis;
}

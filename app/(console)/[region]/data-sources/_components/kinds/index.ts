import type { RegistrableKind } from '@/lib/sources/schemas';
import { commonNasForm } from './common-nas-fields';
import { cpfsForm, nasForm } from './file-system-fields';
import { hanaForm } from './hana-fields';
import type { KindForm } from './kind-fields';
import { ossForm } from './oss-fields';
import { tablestoreForm } from './tablestore-fields';

/** The form of each kind that is registered. */
export const kindForms: Record<RegistrableKind, KindForm> = {
  oss: ossForm,
  nas: nasForm,
  common_nas: commonNasForm,
  tablestore: tablestoreForm,
  cpfs: cpfsForm,
  hana: hanaForm,
};

import { Cloud } from 'lucide-react';
import { hostKind } from './host-fields';
import type { RestoreKindUi } from './kind';

export const ecsFile: RestoreKindUi = {
  ...hostKind,
  title: 'ECS files',
  description: 'Files and folders of an ECS instance',
  icon: Cloud,
  needs: [
    {
      title: 'An ECS instance in the region of the vault',
      how: 'Create the instance that receives the files in the region where the replication target vault lies.',
    },
    {
      title: 'A backup client on it that is online',
      how: 'Enrol the instance as a client of this account, placed as an ECS instance.',
    },
  ],
  place: 'an ECS instance',
  register: { label: 'Enrol a client', section: 'clients', search: 'enrol=true' },
  item: 'file',
};

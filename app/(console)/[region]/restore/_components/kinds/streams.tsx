import { Boxes, Database } from 'lucide-react';
import { hostKind } from './host-fields';
import type { RestoreKindUi } from './kind';

const client = {
  title: 'A host with a backup client that is online',
  how: 'Enrol a server, or an ECS instance in the region of the vault. The stream comes back as one file.',
};
const shared = {
  ...hostKind,
  place: 'a host',
  register: { label: 'Enrol a client', section: 'clients', search: 'enrol=true' },
  item: 'file',
};

export const databaseDump: RestoreKindUi = {
  ...shared,
  title: 'Database dumps',
  description: 'A dump that a database’s own command wrote',
  icon: Database,
  needs: [client],
};

export const containerImage: RestoreKindUi = {
  ...shared,
  title: 'Container images',
  description: 'An image archive of docker or OCI',
  icon: Boxes,
  needs: [client],
};

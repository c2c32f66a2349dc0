import { Server } from 'lucide-react';
import { hostKind } from './host-fields';
import type { RestoreKindUi } from './kind';

export const localFile: RestoreKindUi = {
  ...hostKind,
  title: 'Local files',
  description: 'Files and folders of a server outside the cloud',
  icon: Server,
  needs: [
    {
      title: 'A server with room for the files',
      how: 'It may stand anywhere. Make a folder on it for what comes back, or let the restore make one.',
    },
    {
      title: 'A backup client on it that is online',
      how: 'Install the client and enrol the server in this account. What is restored over the Internet is charged as outbound traffic.',
    },
  ],
  place: 'a server',
  register: { label: 'Enrol a client', section: 'clients', search: 'enrol=true' },
  item: 'file',
};

import { Cpu } from 'lucide-react';
import { fileSystemKind } from './file-system-fields';
import type { RestoreKindUi } from './kind';

export const cpfs: RestoreKindUi = {
  ...fileSystemKind,
  title: 'CPFS',
  description: 'A parallel file system, many files at once',
  icon: Cpu,
  needs: [
    {
      title: 'A CPFS file system in the region of the vault',
      how: 'The operator of this installation mounts the file system in that region and makes it known to the account.',
    },
    {
      title: 'The file system registered as a data source',
      how: 'Register it under Data sources; the region’s engine checks that it is mounted.',
    },
  ],
  place: 'a CPFS file system',
  register: { label: 'Register a file system', section: 'data-sources', search: 'register=cpfs' },
};

import { type Route, route } from '@/lib/api/route';
import { listOf, pageOf } from '@/lib/schemas';
import { attachDisk, deleteDisk, detachDisk, resizeDisk, restoreDisk, updateDisk } from './change-disk';
import { createDisk } from './create-disk';
import { listImportableImages } from './import-images';
import { allowDiskKeys, getDisk, getDiskKeyPermission, listDisks, withdrawDiskKeys } from './list-disks';
import { Disk, DiskKeyPermission, ImportableImage } from './schemas';

const disks = { tag: 'disks', response: Disk };
const keys = { tag: 'disks', response: DiskKeyPermission, path: '/disk-key-permissions/{region}' } as const;

export const routes: Route[] = [
  route({
    ...disks,
    method: 'GET',
    path: '/disks',
    summary: 'List disks',
    verb: listDisks,
    response: pageOf(Disk),
  }),
  route({
    ...disks,
    method: 'POST',
    path: '/disks',
    summary: 'Create a disk: empty, of a file, or of a backup',
    description: 'It is in state `creating` until its bytes are there.',
    status: 201,
    verb: createDisk,
  }),
  route({ ...disks, method: 'GET', path: '/disks/{id}', summary: 'Get a disk', verb: getDisk }),
  route({
    ...disks,
    method: 'PATCH',
    path: '/disks/{id}',
    summary: 'Change name or description',
    verb: updateDisk,
  }),
  route({
    ...disks,
    method: 'POST',
    path: '/disks/{id}/resize',
    summary: 'Make a disk larger',
    verb: resizeDisk,
  }),
  route({
    ...disks,
    method: 'POST',
    path: '/disks/{id}/attach',
    summary: 'Attach a disk to a server that is stopped',
    verb: attachDisk,
  }),
  route({ ...disks, method: 'POST', path: '/disks/{id}/detach', summary: 'Detach a disk', verb: detachDisk }),
  route({
    ...disks,
    method: 'POST',
    path: '/disks/{id}/restore',
    summary: 'Replace the bytes of a disk with those of a backup',
    description: '`confirm` is its name. The disk keeps what it has until everything has been read.',
    status: 202,
    verb: restoreDisk,
  }),
  route({
    ...disks,
    method: 'DELETE',
    path: '/disks/{id}',
    summary: 'Delete a disk with its bytes',
    description: '`confirm` is its name. Its backups stay.',
    status: 202,
    verb: deleteDisk,
  }),
  route({
    ...keys,
    method: 'GET',
    summary: 'Whether the disk service may use keys',
    verb: getDiskKeyPermission,
  }),
  route({
    ...keys,
    method: 'PUT',
    summary: 'Let the disk service use the keys of a project',
    description: 'Asked once; needed for encrypted disks, their backups and what is made of these.',
    verb: allowDiskKeys,
  }),
  route({ ...keys, method: 'DELETE', summary: 'Take that permission back', verb: withdrawDiskKeys }),
  route({
    tag: 'disks',
    method: 'GET',
    path: '/importable-images',
    summary: 'List files that the operator has laid out for import',
    verb: listImportableImages,
    response: listOf(ImportableImage),
  }),
];

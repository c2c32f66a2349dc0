'use server';

import { action } from '@/lib/api/action';
import {
  allowDiskKeys,
  attachDisk,
  createDisk,
  deleteDisk,
  detachDisk,
  resizeDisk,
  restoreDisk,
  updateDisk,
} from '@/lib/disks';
import { deleteImage, registerImage } from '@/lib/images';
import { startBackup } from '@/lib/jobs';
import {
  createServer,
  deleteServer,
  restoreServer,
  startServer,
  stopServer,
  updateServer,
} from '@/lib/servers';

export const createDiskAction = action(createDisk);
export const updateDiskAction = action(updateDisk);
export const resizeDiskAction = action(resizeDisk);
export const attachDiskAction = action(attachDisk);
export const detachDiskAction = action(detachDisk);
export const deleteDiskAction = action(deleteDisk);
export const restoreDiskAction = action(restoreDisk);
export const allowDiskKeysAction = action(allowDiskKeys);
export const createServerAction = action(createServer);
export const updateServerAction = action(updateServer);
export const startServerAction = action(startServer);
export const stopServerAction = action(stopServer);
export const deleteServerAction = action(deleteServer);
export const restoreServerAction = action(restoreServer);
export const registerImageAction = action(registerImage);
export const deleteImageAction = action(deleteImage);
export const backUpAction = action(startBackup);

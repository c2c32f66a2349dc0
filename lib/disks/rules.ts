import { CrossvaultError, type ErrorOptions } from '@/lib/errors';
import { mib } from './schemas';

type State = 'creating' | 'available' | 'resizing' | 'restoring' | 'deleting' | 'error';
interface DiskFacts {
  name: string;
  state: State;
  sizeBytes: number;
  isAttached: boolean;
  /** Of the server that it is attached to. */
  serverState: string | null;
}

const inWords: Record<State, string> = {
  creating: 'is still being made',
  available: 'is available',
  resizing: 'is being resized',
  restoring: 'is being restored',
  deleting: 'is being deleted',
  error: 'is in error: delete it, or restore a backup into a new disk',
};

const conflict = (message: string, reason: string, rest: ErrorOptions = {}) =>
  new CrossvaultError('state_conflict', message, { reason, ...rest });

/** Throws unless the disk rests: made, whole, and no machine may write to it. */
export function requireResting(disk: DiskFacts, purpose: string): void {
  if (disk.state !== 'available') {
    throw conflict(
      `The disk ${disk.name} ${inWords[disk.state]}. It cannot be ${purpose} now.`,
      'disk_not_ready',
    );
  }
  if (disk.serverState && !['stopped', 'error', 'creating'].includes(disk.serverState)) {
    throw conflict(
      `The disk ${disk.name} belongs to a server that runs. Stop the server; then it can be ${purpose}.`,
      'disk_in_use',
    );
  }
}

/** A disk grows; its file system is the guest's to grow afterwards. */
export function checkResize(disk: DiskFacts, wantedBytes: number): void {
  requireResting(disk, 'resized');
  if (wantedBytes > disk.sizeBytes) return;
  throw new CrossvaultError('not_eligible', 'A disk can only be made larger. Nothing was changed.', {
    reason: 'disk_shrinks',
    fields: { sizeBytes: `Enter more than ${disk.sizeBytes / mib / 1024} GiB.` },
  });
}

/** Throws unless the disk may go now: one that is in error or half made may, one that is attached may not. */
export function checkDeleteDisk(disk: DiskFacts, confirm: string): void {
  requireTypedName(disk.name, confirm, 'disk');
  if (disk.isAttached)
    throw conflict(`The disk ${disk.name} is attached to a server. Detach it first.`, 'disk_attached');
  if (disk.state === 'resizing' || disk.state === 'restoring')
    throw conflict(`The disk ${disk.name} ${inWords[disk.state]}. Wait until it is done.`, 'disk_not_ready');
}

export function requireTypedName(name: string, confirm: string, what: string): void {
  if (confirm === name) return;
  throw new CrossvaultError('invalid_input', `Type the name of the ${what} to go on. Nothing was changed.`, {
    fields: { confirm: `Type ${name}.` },
  });
}

/** Why a backup's disk does not fit into an existing one, or null: its bytes replace the whole disk. */
export function restoreIntoRefusal(
  disk: { sizeBytes: number; isEncrypted: boolean },
  backedUp: { sizeBytes: number; encryption: unknown },
): CrossvaultError | null {
  if (disk.isEncrypted !== (backedUp.encryption !== null)) {
    return new CrossvaultError(
      'not_eligible',
      'An encrypted backup is restored into an encrypted disk, and a plain one into a plain one.',
      { reason: 'encryption_differs' },
    );
  }
  if (disk.sizeBytes === backedUp.sizeBytes) return null;
  return new CrossvaultError(
    'not_eligible',
    `The disk in the backup has ${backedUp.sizeBytes / mib} MiB and this one ${disk.sizeBytes / mib} MiB. Create a new disk from the backup instead.`,
    { reason: 'size_differs' },
  );
}

/** What an account is told who has not yet let the disk service use its keys in this region. */
export function keysNotAllowed(regionName: string): CrossvaultError {
  return new CrossvaultError(
    'not_eligible',
    `Let the disk service use the keys of this project in ${regionName} first. It is asked once, on the page Disks.`,
    { reason: 'disk_keys_not_allowed', fields: { kmsKey: 'Allow the use of keys for disks first.' } },
  );
}

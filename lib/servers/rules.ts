import { CrossvaultError } from '@/lib/errors';
import type { Server } from './schemas';

type State = Server['state'];
interface ServerFacts {
  name: string;
  state: State;
}

const inWords: Record<State, string> = {
  creating: 'is still being made',
  stopped: 'is stopped',
  starting: 'is starting',
  running: 'runs',
  stopping: 'is stopping',
  restoring: 'is being restored',
  deleting: 'is being deleted',
  error: 'is in error',
};

/** Why a server cannot be started now, or null. The console asks it too, before anyone tries. */
export function startRefusal(server: ServerFacts, diskCount: number): string | null {
  if (server.state !== 'stopped') return `The server ${server.name} ${inWords[server.state]}.`;
  return diskCount === 0 ? 'A server needs a disk to start from. Attach one.' : null;
}

/** A machine whose disks are read just now goes on until they are: its end would end the backup. */
export function stopRefusal(server: ServerFacts, isBackedUpNow: boolean): string | null {
  if (server.state !== 'running' && server.state !== 'stopping')
    return `The server ${server.name} ${inWords[server.state]}.`;
  return isBackedUpNow ? 'A backup of this server is under way. Wait for it, or cancel it first.' : null;
}

/** Why what needs resting disks cannot be done, or null. */
export function restRefusal(server: ServerFacts): string | null {
  if (server.state === 'stopped') return null;
  return server.state === 'running' || server.state === 'stopping'
    ? `The server ${server.name} ${inWords[server.state]}. Stop it first.`
    : `The server ${server.name} ${inWords[server.state]}. Wait until it is stopped.`;
}

export function deleteRefusal(server: ServerFacts): string | null {
  if (server.state === 'stopped' || server.state === 'error') return null;
  return `The server ${server.name} ${inWords[server.state]}. ${server.state === 'running' ? 'Stop it first.' : 'Wait a moment.'}`;
}

export function conflict(message: string, reason: string): CrossvaultError {
  return new CrossvaultError('state_conflict', message, { reason });
}

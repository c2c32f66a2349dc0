import { CrossvaultError } from '@/lib/errors';
import { warningsDue } from '@/lib/notifications/schemas';
import { deletionWarningDays, type KmsKey } from './schemas';

type State = KmsKey['state'];
const dayMs = 86_400_000;

/** Throws unless the key can be enabled or disabled now. */
export function checkState(state: State, wanted: 'enabled' | 'disabled'): void {
  const from = wanted === 'enabled' ? 'disabled' : 'enabled';
  if (state === from) return;
  const hint = state === 'scheduled' ? ' Cancel its deletion first.' : '';
  throw conflict(state, `Only a key that is ${from} can be ${wanted}. It is ${inWords(state)}.${hint}`);
}

/** Throws unless the key's deletion can be scheduled now. */
export function checkSchedule(key: { id: string; state: State }, confirm: string): void {
  if (confirm !== key.id) {
    throw new CrossvaultError(
      'invalid_input',
      'Type the id of the key to schedule its deletion. Nothing was changed.',
      { fields: { confirm: `Type ${key.id}.` } },
    );
  }
  if (key.state !== 'enabled' && key.state !== 'disabled') {
    throw conflict(key.state, `The key is ${inWords(key.state)}.`);
  }
}

export function checkCancel(state: State): void {
  if (state !== 'scheduled') throw conflict(state, `The key is ${inWords(state)}: no deletion is scheduled.`);
}

export function checkUpdate(state: State): void {
  if (state === 'destroyed') throw conflict(state, 'The key is destroyed. Nothing of it can be changed.');
}

/** What a scheduled deletion asks for now, or null. Of several warnings that a pause has missed, only the last is given. */
export function planDeletion(
  { deletionAt, told }: { deletionAt: Date; told: number },
  now: Date,
): { kind: 'destroy' } | { kind: 'warn'; told: number } | null {
  if (now >= deletionAt) return { kind: 'destroy' };
  const due = warningsDue(deletionAt, deletionWarningDays, now);
  return due > told ? { kind: 'warn', told: due } : null;
}

export function deletionDate(now: Date, waitDays: number): Date {
  return new Date(now.getTime() + waitDays * dayMs);
}

function conflict(state: State, message: string): CrossvaultError {
  return new CrossvaultError('state_conflict', message, { reason: `key_${state}` });
}

export function inWords(state: State): string {
  return {
    creating: 'still being created',
    enabled: 'enabled',
    disabled: 'disabled',
    scheduled: 'scheduled for deletion',
    destroyed: 'destroyed',
  }[state];
}

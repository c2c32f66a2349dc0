/** How long a key waits for its deletion. */
export const minWaitDays = 7;
export const maxWaitDays = 30;
/** Warnings before a key is destroyed, in days. */
export const deletionWarningDays = [7, 1] as const;

interface KeyState {
  state: 'creating' | 'enabled' | 'disabled' | 'scheduled' | 'destroyed';
  deletionAt: Date | null;
}

/** What keeps a key from being used, and the way out, to follow `its key …`; null for an enabled one. */
export function keyTrouble({ state, deletionAt }: KeyState): { what: string; wayOut: string } | null {
  switch (state) {
    case 'enabled':
      return null;
    case 'creating':
      return { what: 'is still being created', wayOut: 'Wait a moment.' };
    case 'disabled':
      return {
        what: 'is disabled',
        wayOut: 'Its data is unharmed. Enable the key under Keys, and the vault opens by itself.',
      };
    case 'scheduled':
      return {
        what: `is to be destroyed on ${deletionAt?.toISOString().slice(0, 10) ?? 'a day to come'}`,
        wayOut: 'Its data is unharmed until then. Cancel the deletion under Keys to open the vault again.',
      };
    case 'destroyed':
      return {
        what: 'was destroyed',
        wayOut:
          'Its data cannot be read any more. A second copy under another key still can, and the vault can be deleted.',
      };
  }
}

/** Why a vault under this key is in error, and the way out; null when the key can be used. */
export function vaultTrouble(vaultName: string, keyName: string, key: KeyState): string | null {
  const trouble = keyTrouble(key);
  return (
    trouble &&
    `The vault ${vaultName} cannot be opened: its key ${keyName} ${trouble.what}. ${trouble.wayOut}`
  );
}

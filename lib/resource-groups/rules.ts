/** The group that an account begins with; it stays, so that a new vault can always go somewhere. */
export const defaultGroupName = 'default';

export interface GroupFacts {
  name: string;
  vaultCount: number;
}

/** Why a group cannot be renamed, or null. */
export function renameRefusal({ name }: Pick<GroupFacts, 'name'>): string | null {
  return name === defaultGroupName ? 'The default group keeps its name.' : null;
}

/** Why a group cannot be deleted, or null. */
export function deleteRefusal({ name, vaultCount }: GroupFacts): string | null {
  if (name === defaultGroupName) return 'Every account keeps its default group.';
  if (vaultCount === 0) return null;
  return `There ${vaultCount === 1 ? 'is 1 vault' : `are ${vaultCount} vaults`} in it. Move them to another group first.`;
}

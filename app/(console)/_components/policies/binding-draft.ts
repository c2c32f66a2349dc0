/** What a policy is to be bound to, as it is being entered. */
export interface BindingDraft {
  sourceId: string;
  vaultId: string;
  paths: string[];
  includes: string[];
  excludes: string[];
}

export const emptyBinding: BindingDraft = {
  sourceId: '',
  vaultId: '',
  paths: [],
  includes: [],
  excludes: [],
};

'use client';

import { parseAsString, useQueryState } from 'nuqs';

/** The resource group that the lists are narrowed to; it stands in the address as `group`. Null for all groups. */
export function useResourceGroup() {
  return useQueryState('group', parseAsString);
}

/** Carries the chosen group to another page. */
export function withGroup(href: string, group: string | null): string {
  return group ? `${href}?group=${encodeURIComponent(group)}` : href;
}

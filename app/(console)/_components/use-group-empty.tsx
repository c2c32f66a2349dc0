'use client';

import { FolderKanban } from 'lucide-react';
import type { EmptyContent } from '@/components/console/data-table/types';
import { useResourceGroup } from '@/components/console/use-resource-group';
import { Button } from '@/components/ui/button';

/** What an empty list says: its own words, or that the chosen resource group holds nothing of the kind. */
export function useGroupEmpty(noun: string, empty: EmptyContent): EmptyContent {
  const [group, setGroup] = useResourceGroup();
  if (!group) return empty;
  return {
    icon: <FolderKanban />,
    title: `No ${noun} in this resource group`,
    description: 'The lists show one resource group only, as chosen at the top.',
    action: <Button onClick={() => void setGroup(null)}>Show all resource groups</Button>,
  };
}

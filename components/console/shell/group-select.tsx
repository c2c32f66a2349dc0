'use client';

import { useQuery } from '@tanstack/react-query';
import { ChevronDown, FolderKanban } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useResourceGroup } from '@/components/console/use-resource-group';
import { cn } from '@/components/ui/class-names';
import { plural } from '@/components/ui/format';
import { menuSurface } from '@/components/ui/menu';
import { resourceGroupsQuery } from '@/lib/resource-groups/query';

const everyGroup = '_all';
const itemLook =
  'flex items-baseline gap-6 rounded-sm px-2.5 py-1.5 outline-none data-[state=checked]:bg-accent-soft data-highlighted:bg-hover';

/** Narrows every list to one resource group. Not shown while there is only one. */
export function GroupSelect({ className }: { className?: string }) {
  const groups = useQuery(resourceGroupsQuery()).data?.items ?? [];
  const [group, setGroup] = useResourceGroup();
  const current = groups.find(({ id }) => id === group);
  if (groups.length < 2 && group === null) return null;
  const label = current?.name ?? (group ? 'Unknown group' : 'All resource groups');
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`Resource group: ${label}`}
        className={cn('inline-flex h-8 min-w-0 max-w-56 items-center gap-1.5 rounded-md px-2', className)}
      >
        <FolderKanban className="size-4" aria-hidden />
        <span className="min-w-0 flex-1 truncate text-left">{label}</span>
        <ChevronDown className="size-3.5" aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className={cn(
            menuSurface,
            'max-h-(--radix-dropdown-menu-content-available-height) overflow-y-auto',
          )}
        >
          <DropdownMenu.RadioGroup
            value={group ?? everyGroup}
            onValueChange={(next) => void setGroup(next === everyGroup ? null : next)}
          >
            <DropdownMenu.RadioItem value={everyGroup} className={itemLook}>
              All resource groups
            </DropdownMenu.RadioItem>
            {groups.map(({ id, name, vaultCount }) => (
              <DropdownMenu.RadioItem key={id} value={id} className={itemLook}>
                <span className="flex-1">{name}</span>
                <span className="text-muted text-xs">{plural(vaultCount, 'vault')}</span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

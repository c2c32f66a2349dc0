'use client';

import { ChevronDown, Globe } from 'lucide-react';
import { usePathname, useRouter } from 'next/navigation';
import { DropdownMenu } from 'radix-ui';
import { switchRegionHref } from '@/components/console/navigation';
import { useResourceGroup, withGroup } from '@/components/console/use-resource-group';
import { cn } from '@/components/ui/class-names';
import { menuSurface } from '@/components/ui/menu';
import type { ShellProps } from './types';

interface RegionSelectProps extends Pick<ShellProps, 'region' | 'regions'> {
  className?: string;
}

/** The region scopes every list; it is part of the address. */
export function RegionSelect({ region, regions, className }: RegionSelectProps) {
  const router = useRouter();
  const pathname = usePathname();
  const [group] = useResourceGroup();
  const current = regions.find((other) => other.id === region);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`Region: ${current?.name ?? region}`}
        className={cn('inline-flex h-8 min-w-0 items-center gap-1.5 rounded-md px-2', className)}
      >
        <Globe className="size-4" aria-hidden />
        <span className="min-w-0 flex-1 truncate text-left">{current?.name ?? region}</span>
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
            value={region}
            onValueChange={(next) => router.push(withGroup(switchRegionHref(pathname, next), group))}
          >
            {regions.map((other) => (
              <DropdownMenu.RadioItem
                key={other.id}
                value={other.id}
                className="flex items-baseline gap-6 rounded-sm px-2.5 py-1.5 outline-none data-[state=checked]:bg-accent-soft data-highlighted:bg-hover"
              >
                <span className="flex-1">{other.name}</span>
                <span className="font-mono text-muted text-xs">{other.id}</span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

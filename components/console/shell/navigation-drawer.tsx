'use client';

import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { Button } from '@/components/ui/button';
import { Id } from '@/components/ui/copyable';
import { GroupSelect } from './group-select';
import { Wordmark } from './mark';
import { RegionSelect } from './region-select';
import { SideNavigation } from './side-navigation';
import type { ShellProps } from './types';

interface NavigationDrawerProps extends Pick<ShellProps, 'me' | 'region' | 'regions' | 'badges'> {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

/** The navigation, the account and the region where the screen has no room for them. */
export function NavigationDrawer({
  isOpen,
  onOpenChange,
  me,
  region,
  regions,
  badges,
}: NavigationDrawerProps) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-40 flex w-72 max-w-[85vw] animate-from-left flex-col border-line border-r bg-raised shadow-float outline-none"
        >
          <div className="flex h-12 items-center justify-between border-line border-b pr-2 pl-4">
            <Dialog.Title>
              <Wordmark />
            </Dialog.Title>
            <Dialog.Close asChild>
              <Button variant="ghost" size="icon" aria-label="Close navigation" icon={<X />} />
            </Dialog.Close>
          </div>
          <div className="flex flex-col items-start gap-2 border-line border-b px-4 py-3 md:hidden">
            <p className="font-medium">{me.account.name}</p>
            <Id value={me.account.id} cut="whole" />
            <RegionSelect region={region} regions={regions} className="control w-full justify-between" />
            <GroupSelect className="control w-full max-w-none justify-between" />
          </div>
          <div className="min-h-0 flex-1">
            <SideNavigation region={region} badges={badges} onNavigate={() => onOpenChange(false)} />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

'use client';

import { Copy, IdCard, LogOut, UserRound } from 'lucide-react';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { Menu } from '@/components/ui/menu';
import { useCopy } from '@/components/ui/use-copy';
import type { ShellProps } from './types';

const roleNames = { administrator: 'Administrator', operator: 'Operator', auditor: 'Auditor' };

export function UserMenu({ me, region, onSignOut }: Pick<ShellProps, 'me' | 'region' | 'onSignOut'>) {
  const { copy } = useCopy();
  const initials = me.user.name
    .split(/\s+/)
    .map((word) => word[0])
    .slice(0, 2)
    .join('')
    .toUpperCase();
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Signed in as ${me.user.name}`}
          className="flex size-8 items-center justify-center rounded-full border border-bar-line bg-bar-hover font-medium text-bar-ink text-xs hover:border-bar-muted"
        >
          {initials}
        </button>
      }
      header={
        <div className="flex flex-col gap-1.5">
          <div>
            <p className="font-medium">{me.user.name}</p>
            <p className="text-muted text-sm">{me.user.email}</p>
          </div>
          <div className="flex flex-wrap items-center gap-2 text-sm">
            <Badge>{roleNames[me.user.role]}</Badge>
            <span>{me.account.name}</span>
          </div>
          <p className="font-mono text-muted text-sm">{me.account.id}</p>
        </div>
      }
      actions={[
        { label: 'My profile', icon: <UserRound />, href: sectionHref(region, 'profile') },
        { label: 'My credentials', icon: <IdCard />, href: sectionHref(region, 'credentials') },
        { label: 'Copy account UID', icon: <Copy />, onSelect: () => void copy(me.account.id) },
        { label: 'Sign out', icon: <LogOut />, onSelect: onSignOut },
      ]}
    />
  );
}

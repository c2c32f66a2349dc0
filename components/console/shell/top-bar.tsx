'use client';

import { MenuIcon, Search } from 'lucide-react';
import Link from 'next/link';
import { sectionHref } from '@/components/console/navigation';
import { IconButton } from '@/components/ui/button';
import { Id } from '@/components/ui/copyable';
import { GroupSelect } from './group-select';
import { Wordmark } from './mark';
import { NotificationBell } from './notification-bell';
import { RegionSelect } from './region-select';
import { ThemeSwitch } from './theme-switch';
import type { ShellProps } from './types';
import { UserMenu } from './user-menu';

interface TopBarProps extends Omit<ShellProps, 'isNavigationCollapsed' | 'badges' | 'findTargets'> {
  onOpenNavigation: () => void;
  onOpenSearch: () => void;
}

const barButton =
  'border-transparent text-bar-muted not-aria-disabled:hover:bg-bar-hover not-aria-disabled:hover:text-bar-ink';

export function TopBar({
  me,
  region,
  regions,
  theme,
  notifications,
  onSignOut,
  onOpenNavigation,
  onOpenSearch,
}: TopBarProps) {
  return (
    <header className="on-bar sticky top-0 z-30 flex h-12 items-center gap-1 bg-bar px-2 text-bar-ink sm:gap-2 sm:px-3">
      <IconButton
        label="Open navigation"
        icon={<MenuIcon />}
        onClick={onOpenNavigation}
        className={`lg:hidden ${barButton}`}
      />
      <Link
        href={sectionHref(region, '')}
        aria-label="Crossvault, overview"
        className="flex rounded-md px-1.5 py-1"
      >
        <Wordmark />
      </Link>
      <div className="hidden min-w-0 items-center gap-2 border-bar-line border-l pl-3 md:flex">
        <span className="truncate font-medium" title={me.account.name}>
          {me.account.name}
        </span>
        <Id value={me.account.id} cut="whole" className="shrink-0 text-bar-muted hover:text-bar-ink" />
      </div>
      <RegionSelect
        region={region}
        regions={regions}
        className="hidden text-bar-muted hover:bg-bar-hover hover:text-bar-ink md:inline-flex"
      />
      <GroupSelect className="hidden text-bar-muted hover:bg-bar-hover hover:text-bar-ink md:inline-flex" />
      <div className="flex flex-1 justify-end sm:justify-center">
        <button
          type="button"
          onClick={onOpenSearch}
          aria-keyshortcuts="Control+K"
          className="hidden h-8 w-full max-w-80 items-center gap-2 rounded-md border border-bar-line px-2.5 text-bar-muted hover:border-bar-muted sm:flex"
        >
          <Search className="size-4" aria-hidden />
          <span className="flex-1 truncate text-left">Find</span>
          <kbd className="font-sans text-xs">Ctrl K</kbd>
        </button>
        <IconButton
          label="Find"
          icon={<Search />}
          onClick={onOpenSearch}
          className={`sm:hidden ${barButton}`}
        />
      </div>
      <NotificationBell feed={notifications} className={barButton} />
      <ThemeSwitch theme={theme} className={barButton} />
      <UserMenu me={me} region={region} onSignOut={onSignOut} />
    </header>
  );
}

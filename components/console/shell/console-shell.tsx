'use client';

import { type ReactNode, useState } from 'react';
import { cn } from '@/components/ui/class-names';
import { FlashBar } from '@/components/ui/flash';
import { AccountBanner } from './account-banner';
import { JumpBox } from './jump-box';
import { NavigationDrawer } from './navigation-drawer';
import { navigationCookie, savePreference } from './preferences';
import { SideNavigation } from './side-navigation';
import { TopBar } from './top-bar';
import type { ShellProps } from './types';

/** Top bar, navigation and the place of the page. Needs `Providers` above it. */
export function ConsoleShell({ children, ...props }: ShellProps & { children: ReactNode }) {
  const { me, region, regions, badges, findTargets } = props;
  const [isCollapsed, setIsCollapsed] = useState(props.isNavigationCollapsed);
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const [isSearchOpen, setIsSearchOpen] = useState(false);
  const collapse = (next: boolean) => {
    setIsCollapsed(next);
    savePreference(navigationCookie, next ? 'collapsed' : 'expanded');
  };
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="-top-12 fixed left-3 z-50 rounded-md bg-accent-fill px-3 py-2 text-on-fill focus-visible:top-2"
      >
        Skip to content
      </a>
      <TopBar
        {...props}
        onOpenNavigation={() => setIsDrawerOpen(true)}
        onOpenSearch={() => setIsSearchOpen(true)}
      />
      <div className="flex min-w-0 flex-1">
        <aside
          className={cn(
            'sticky top-12 hidden h-[calc(100dvh-3rem)] shrink-0 border-line border-r bg-surface lg:block',
            isCollapsed ? 'w-14' : 'w-60',
          )}
        >
          <SideNavigation region={region} badges={badges} isCollapsed={isCollapsed} onCollapse={collapse} />
        </aside>
        <main
          id="content"
          tabIndex={-1}
          className="min-w-0 flex-1 px-4 pt-4 pb-12 outline-none sm:px-6 sm:pt-5"
        >
          <AccountBanner state={me.account.state} />
          <FlashBar />
          {children}
        </main>
      </div>
      <NavigationDrawer
        isOpen={isDrawerOpen}
        onOpenChange={setIsDrawerOpen}
        me={me}
        region={region}
        regions={regions}
        badges={badges}
      />
      <JumpBox
        region={region}
        findTargets={findTargets}
        isOpen={isSearchOpen}
        onOpenChange={setIsSearchOpen}
      />
    </div>
  );
}

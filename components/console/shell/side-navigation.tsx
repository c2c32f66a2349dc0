'use client';

import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type NavigationItem, navigation, readSection, sectionHref } from '@/components/console/navigation';
import { useResourceGroup, withGroup } from '@/components/console/use-resource-group';
import { cn } from '@/components/ui/class-names';
import { Tooltip } from '@/components/ui/tooltip';
import type { ShellProps } from './types';

interface SideNavigationProps extends Pick<ShellProps, 'region' | 'badges'> {
  isCollapsed?: boolean;
  /** Leave out where the navigation cannot be collapsed, as in the drawer. */
  onCollapse?: (isCollapsed: boolean) => void;
  onNavigate?: () => void;
}

export function SideNavigation({
  region,
  badges,
  isCollapsed = false,
  onCollapse,
  onNavigate,
}: SideNavigationProps) {
  const section = readSection(usePathname());
  const [chosenGroup] = useResourceGroup();
  const Toggle = isCollapsed ? PanelLeftOpen : PanelLeftClose;
  return (
    <nav aria-label="Main" className="flex h-full flex-col">
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pt-2 pb-4">
        {navigation.map((group) => (
          <div key={group.title ?? 'first'} className="pt-1.5">
            {group.title &&
              (isCollapsed ? (
                <div className="mx-2 my-1.5 h-px bg-line" />
              ) : (
                <h2 className="px-2.5 pt-2.5 pb-1 font-medium text-faint text-xs">{group.title}</h2>
              ))}
            <ul>
              {group.items.map((item) => (
                <li key={item.section}>
                  <NavigationLink
                    item={item}
                    href={withGroup(sectionHref(region, item.section), chosenGroup)}
                    isCurrent={item.section === section}
                    isCollapsed={isCollapsed}
                    count={item.badge ? (badges?.[item.badge] ?? 0) : 0}
                    onNavigate={onNavigate}
                  />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      {onCollapse && (
        <div className="border-line border-t p-2">
          <button
            type="button"
            aria-label={isCollapsed ? 'Expand navigation' : undefined}
            onClick={() => onCollapse(!isCollapsed)}
            className={cn(
              'flex h-8 w-full items-center gap-2.5 rounded-md px-2.5 text-muted hover:bg-hover hover:text-ink',
              isCollapsed && 'justify-center',
            )}
          >
            <Toggle className="size-4" aria-hidden />
            {!isCollapsed && 'Collapse navigation'}
          </button>
        </div>
      )}
    </nav>
  );
}

interface NavigationLinkProps {
  item: NavigationItem;
  href: string;
  isCurrent: boolean;
  isCollapsed: boolean;
  count: number;
  onNavigate?: () => void;
}

function NavigationLink({ item, href, isCurrent, isCollapsed, count, onNavigate }: NavigationLinkProps) {
  const { icon: Icon, label } = item;
  const link = (
    <Link
      href={href}
      onClick={onNavigate}
      aria-current={isCurrent ? 'page' : undefined}
      aria-label={isCollapsed ? label : undefined}
      className={cn(
        'relative flex min-h-8 items-center gap-2.5 rounded-md px-2.5 py-1',
        isCollapsed && 'justify-center px-0',
        isCurrent ? 'bg-accent-soft font-medium text-accent' : 'text-ink hover:bg-hover',
      )}
    >
      <Icon className={cn('size-4 shrink-0', isCurrent ? 'text-accent' : 'text-muted')} aria-hidden />
      {!isCollapsed && <span className="flex-1 leading-5">{label}</span>}
      {count > 0 && !isCollapsed && (
        <span className="min-w-5 rounded-full bg-accent-fill px-1.5 text-center font-medium text-on-fill text-xs leading-5">
          {count}
          <span className="sr-only"> pending</span>
        </span>
      )}
      {count > 0 && isCollapsed && (
        <span className="absolute top-1 right-1.5 size-2 rounded-full bg-accent-fill" />
      )}
    </Link>
  );
  if (!isCollapsed) return link;
  return (
    <Tooltip side="right" content={count > 0 ? `${label}, ${count} pending` : label}>
      {link}
    </Tooltip>
  );
}

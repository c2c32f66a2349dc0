import type { NavigationBadge } from '@/components/console/navigation';
import type { Me } from '@/lib/accounts/schemas';
import type { Notification } from '@/lib/notifications/schemas';
import type { Region } from '@/lib/regions/schemas';

export type Theme = 'system' | 'light' | 'dark';

export interface JumpTarget {
  id: string;
  label: string;
  /** What it is: `Vault`, `Backup point`, `Client`. */
  kind: string;
  detail?: string;
  href: string;
}

export interface NotificationFeed {
  items: Notification[] | undefined;
  unreadCount: number;
  error?: string | null;
  onRetry: () => void;
  onRead: (ids: string[]) => void;
}

export interface ShellProps {
  me: Me;
  region: string;
  regions: readonly Pick<Region, 'id' | 'name'>[];
  theme: Theme;
  isNavigationCollapsed: boolean;
  badges?: Partial<Record<NavigationBadge, number>>;
  notifications: NotificationFeed;
  /** Vaults, points and clients by name or id. */
  findTargets: (text: string, signal: AbortSignal) => Promise<JumpTarget[]>;
  onSignOut: () => void;
}

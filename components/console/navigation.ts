import {
  Archive,
  BellRing,
  Boxes,
  CalendarClock,
  CircleHelp,
  ClipboardList,
  Database,
  Disc3,
  FileClock,
  FolderInput,
  FolderKanban,
  Globe,
  HardDrive,
  HardDriveUpload,
  History,
  Inbox,
  KeyRound,
  KeySquare,
  LayoutDashboard,
  type LucideIcon,
  MonitorUp,
  Network,
  ReceiptText,
  Server,
  Share2,
  Users,
  Vault,
  Workflow,
} from 'lucide-react';

export type NavigationBadge = 'invitations' | 'sharedBackups';

export interface NavigationItem {
  label: string;
  /** The path below the region; empty for the overview. */
  section: string;
  icon: LucideIcon;
  badge?: NavigationBadge;
}

export interface NavigationGroup {
  /** What people come here to do; the first group has no heading. */
  title: string | null;
  items: NavigationItem[];
}

export const navigation: readonly NavigationGroup[] = [
  { title: null, items: [{ label: 'Overview', section: '', icon: LayoutDashboard }] },
  {
    title: 'Protect',
    items: [
      { label: 'Data sources', section: 'data-sources', icon: Boxes },
      { label: 'Servers', section: 'servers', icon: Server },
      { label: 'Disks', section: 'disks', icon: Database },
      { label: 'Images', section: 'images', icon: Disc3 },
      { label: 'Policies', section: 'policies', icon: CalendarClock },
      { label: 'Clients', section: 'clients', icon: MonitorUp },
      { label: 'Backup jobs', section: 'backup-jobs', icon: HardDriveUpload },
    ],
  },
  {
    title: 'Vaults',
    items: [
      { label: 'Vault management', section: 'vaults', icon: Vault },
      { label: 'Replications', section: 'replications', icon: Workflow },
      { label: 'Backup points', section: 'backup-points', icon: Archive },
      { label: 'Server and disk backups', section: 'backups', icon: HardDrive },
      { label: 'Regions', section: 'regions', icon: Globe },
    ],
  },
  {
    title: 'Recover',
    items: [
      { label: 'Restore', section: 'restore', icon: History },
      { label: 'Restore jobs', section: 'restore-jobs', icon: FileClock },
    ],
  },
  {
    title: 'Share',
    items: [
      { label: 'Shared by me', section: 'shared-by-me', icon: Share2 },
      { label: 'Shared with me', section: 'shared-with-me', icon: Inbox, badge: 'invitations' },
      {
        label: 'Backups shared with me',
        section: 'shared-backups',
        icon: FolderInput,
        badge: 'sharedBackups',
      },
      { label: 'Resource directory', section: 'resource-directory', icon: Network },
    ],
  },
  {
    title: 'Govern',
    items: [
      { label: 'Users', section: 'users', icon: Users },
      { label: 'Keys', section: 'keys', icon: KeyRound },
      { label: 'Access keys', section: 'access-keys', icon: KeySquare },
      { label: 'Alerts', section: 'alerts', icon: BellRing },
      { label: 'Audit', section: 'audit', icon: ClipboardList },
      { label: 'Billing', section: 'billing', icon: ReceiptText },
      { label: 'Resource groups', section: 'resource-groups', icon: FolderKanban },
    ],
  },
  { title: 'Help', items: [{ label: 'How it works', section: 'help', icon: CircleHelp }] },
];

export function sectionHref(region: string, section: string): string {
  return section ? `/${region}/${section}` : `/${region}`;
}

/** The part of the address below the region that the navigation marks as current: `vaults` for `/cn-hangzhou/vaults/v-1`. */
export function readSection(pathname: string): string {
  return pathname.split('/')[2] ?? '';
}

/** The same list in another region. A detail page belongs to its region, so the switch leads to its list. */
export function switchRegionHref(pathname: string, region: string): string {
  return sectionHref(region, readSection(pathname));
}

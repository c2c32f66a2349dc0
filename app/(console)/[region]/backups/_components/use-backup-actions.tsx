import { Database, Disc3, Server, Share2, Trash2 } from 'lucide-react';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { sectionHref } from '@/components/console/navigation';
import type { MenuAction } from '@/components/ui/menu';
import type { Backup } from '@/lib/backups/schemas';

type Open = (next: { deed: 'share' | 'delete'; backup: Backup }) => void;

/** What can be done with a backup of a server or a disk, and why something cannot. */
export function useBackupActions(open: Open): (backup: Backup) => MenuAction[] {
  const refuse = useRefusals();
  return (backup) => {
    const { region } = backup.point.vault;
    const gone = backup.state === 'deleting' ? 'The backup is being deleted.' : null;
    return [
      {
        label: 'Share Backup',
        icon: <Share2 />,
        disabledReason:
          refuse('shares.manage') ?? (backup.shareCount > 0 ? null : (backup.shareRefusal ?? gone)),
        onSelect: () => open({ deed: 'share', backup }),
      },
      {
        label: 'Create server',
        icon: <Server />,
        href: `${sectionHref(region, 'servers')}?create=backup&from=${backup.id}`,
        disabledReason: refuse('servers.manage') ?? gone,
      },
      {
        label: 'Create disk',
        icon: <Database />,
        href: `${sectionHref(region, 'disks')}?create=backup&backup=${backup.id}`,
        disabledReason: refuse('servers.manage') ?? gone,
      },
      {
        label: 'Register image',
        icon: <Disc3 />,
        href: `${sectionHref(region, 'images')}?register=${backup.id}`,
        disabledReason: refuse('servers.manage') ?? gone,
      },
      {
        label: 'Delete',
        icon: <Trash2 />,
        isDanger: true,
        startsGroup: true,
        disabledReason: refuse('points.delete') ?? gone ?? backup.point.deleteRefusal,
        onSelect: () => open({ deed: 'delete', backup }),
      },
    ];
  };
}

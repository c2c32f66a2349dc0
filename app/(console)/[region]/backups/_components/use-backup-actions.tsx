import { History, Share2, Trash2 } from 'lucide-react';
import { restoreHref } from '@/app/(console)/_components/points/point-words';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import type { MenuAction } from '@/components/ui/menu';
import type { Backup } from '@/lib/backups/schemas';

type Open = (next: { deed: 'share' | 'delete'; backup: Backup }) => void;

/** What can be done with a backup of a server or a disk, and why something cannot. */
export function useBackupActions(open: Open): (backup: Backup) => MenuAction[] {
  const refuse = useRefusals();
  return (backup) => {
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
        label: 'Restore',
        icon: <History />,
        href: restoreHref(backup.point),
        disabledReason: refuse('restore.run') ?? gone,
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

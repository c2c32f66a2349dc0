'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Id } from '@/components/ui/copyable';
import { Dialog } from '@/components/ui/dialog';
import { Summary } from '@/components/ui/summary';
import { Tabs } from '@/components/ui/tabs';
import { backupSharesQuery } from '@/lib/backup-shares/query';
import { isOpen } from '@/lib/backup-shares/schemas';
import type { Backup } from '@/lib/backups/schemas';
import { kindWords, sourceWords } from './backup-words';
import { CancelSharingTab } from './cancel-sharing-tab';
import { ShareTab } from './share-tab';

/** Sharing a backup with projects, and taking it back from them. */
export function ShareBackupDialog({ backup, onClose }: { backup: Backup; onClose: () => void }) {
  const shares = useQuery({ ...backupSharesQuery(backup.id), staleTime: 0 });
  const open = shares.data?.items.filter(({ state }) => isOpen(state)) ?? [];
  const [tab, setTab] = useState<'share' | 'cancel'>(backup.shareRefusal ? 'cancel' : 'share');
  return (
    <Dialog isOpen onOpenChange={(isOpen) => !isOpen && onClose()} title="Share Backup" size="lg">
      {/* One part that scrolls: on a narrow screen the facts would leave too little room for the tabs. */}
      <div data-body className="min-h-0 flex-1 overflow-y-auto px-5 pt-4">
        <Summary
          columns={2}
          className="mb-3"
          items={[
            { label: 'Backup name', value: backup.name },
            { label: sourceWords[backup.kind], value: backup.source.name },
            { label: 'Backup id', value: <Id value={backup.id} cut="whole" /> },
            { label: 'Backup type', value: kindWords[backup.kind] },
          ]}
        />
        <Tabs
          label="Sharing"
          value={tab}
          onValueChange={(next) => setTab(next as typeof tab)}
          tabs={[
            {
              value: 'share',
              label: 'Share Backup',
              content: <ShareTab backup={backup} openShares={open} onClose={onClose} />,
            },
            {
              value: 'cancel',
              label: 'Cancel Sharing',
              count: open.length,
              content: (
                <CancelSharingTab
                  shares={open}
                  error={shares.error?.message}
                  isLoading={shares.isPending}
                  onChanged={() => void shares.refetch()}
                  onClose={onClose}
                />
              ),
            },
          ]}
        />
      </div>
    </Dialog>
  );
}

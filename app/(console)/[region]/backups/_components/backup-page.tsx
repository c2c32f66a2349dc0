'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { LoadPanel } from '@/app/(console)/_components/load-panel';
import { DeletePointDialog } from '@/app/(console)/_components/points/delete-point-dialog';
import { PointPolicy } from '@/app/(console)/_components/policies/point-policy';
import { DetailLayout } from '@/components/console/detail-layout';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Button, ButtonLink } from '@/components/ui/button';
import { Id } from '@/components/ui/copyable';
import { Bytes, Time } from '@/components/ui/quantities';
import type { SummaryItem } from '@/components/ui/summary';
import { backupQuery } from '@/lib/backups/query';
import type { Backup } from '@/lib/backups/schemas';
import { BackupDisks } from './backup-disks';
import { BackupBadges, BackupState, kindWords, sourceWords, VaultLink } from './backup-words';
import { ShareBackupDialog } from './share-backup-dialog';
import { ShareList } from './share-list';
import { useBackupActions } from './use-backup-actions';

/** One backup of a server or a disk: what it is, its disks, and whom it is shared with. */
export function BackupPage({ region, backupId }: { region: string; backupId: string }) {
  const backup = useQuery(backupQuery(backupId));
  if (backup.data) return <LoadedBackup region={region} backup={backup.data} />;
  return (
    <>
      <PageHeader breadcrumbs={crumbs(region, backupId)} title="Backup" />
      <LoadPanel query={backup} />
    </>
  );
}

function LoadedBackup({ region, backup }: { region: string; backup: Backup }) {
  const router = useRouter();
  const [deed, setDeed] = useState<'share' | 'delete' | null>(null);
  const menuOf = useBackupActions(({ deed }) => setDeed(deed));
  const actions = menuOf(backup);
  return (
    <>
      <PageHeader
        breadcrumbs={crumbs(region, backup.name)}
        title={backup.name}
        description={<Id value={backup.id} cut="whole" />}
        badge={
          <span className="flex flex-wrap items-center gap-2">
            <BackupBadges backup={backup} />
          </span>
        }
        actions={actions.toReversed().map((action) =>
          action.href && !action.disabledReason ? (
            <ButtonLink key={action.label} icon={action.icon} href={action.href}>
              {action.label}
            </ButtonLink>
          ) : (
            <Button
              key={action.label}
              icon={action.icon}
              variant={action.label === 'Share Backup' ? 'primary' : undefined}
              disabledReason={action.disabledReason}
              onClick={action.onSelect}
            >
              {action.label}
            </Button>
          ),
        )}
      />
      <DetailLayout
        summary={summaryOf(backup, region)}
        tabs={[
          {
            value: 'disks',
            label: 'Disks',
            count: backup.disks.length,
            content: <BackupDisks backup={backup} />,
          },
          {
            value: 'shares',
            label: 'Share List',
            count: backup.shareCount,
            content: <ShareList backup={backup} onShare={() => setDeed('share')} />,
          },
        ]}
      />
      {deed === 'share' && <ShareBackupDialog backup={backup} onClose={() => setDeed(null)} />}
      {deed === 'delete' && (
        <DeletePointDialog
          point={backup.point}
          shareCount={backup.shareCount}
          onClose={() => setDeed(null)}
          onDeleted={() => router.push(sectionHref(region, 'backups'))}
        />
      )}
    </>
  );
}

const crumbs = (region: string, label: string) => [
  { label: 'Server and disk backups', href: sectionHref(region, 'backups') },
  { label },
];

function summaryOf(backup: Backup, region: string): SummaryItem[] {
  const { point } = backup;
  return [
    { label: 'State', value: <BackupState state={backup.state} /> },
    { label: 'Type', value: kindWords[backup.kind] },
    {
      label: sourceWords[backup.kind],
      value: (
        <>
          <span className="block">{backup.source.name}</span>
          <Id value={backup.source.id} />
        </>
      ),
    },
    { label: 'Vault', value: <VaultLink vault={point.vault} /> },
    { label: 'Captured', value: <Time at={point.createdAt} /> },
    { label: 'Expires', value: <Time at={point.expiresAt} /> },
    { label: 'Size', value: <Bytes value={backup.sizeBytes} /> },
    { label: 'Added to the vault', value: <Bytes value={point.addedBytes} /> },
    { label: 'Encrypted', value: backup.isEncrypted ? 'Yes, and so is every disk made from it' : 'No' },
    {
      label: 'Consistency',
      value: backup.isCrashConsistent ? 'As after a loss of power' : 'Taken at rest',
    },
    { label: 'Policy', value: <PointPolicy point={point} region={region} /> },
    {
      label: 'Retention',
      value: backup.sharedBy
        ? `That of the original. When ${backup.sharedBy.name} deletes it, it goes from here too; no lock of this account covers it.`
        : `${point.retentionDays} days`,
    },
  ];
}

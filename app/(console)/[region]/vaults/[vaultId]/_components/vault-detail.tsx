'use client';

import { Archive, EllipsisVertical, History, Lock, Share2, StopCircle, Workflow } from 'lucide-react';
import Link from 'next/link';
import { DetailLayout } from '@/components/console/detail-layout';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Badge } from '@/components/ui/badge';
import { Button, ButtonLink, IconButton } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Menu } from '@/components/ui/menu';
import type { Tab } from '@/components/ui/tabs';
import { type Vault, vaultKinds } from '@/lib/vaults/schemas';
import { TrialNotice } from '../../_components/trial-notice';
import type { useVaultActions } from '../../_components/use-vault-actions';
import { isReplicating, restoreFromHref } from '../../_components/vault-refusals';
import { VaultKindBadge, VaultStatus } from '../../_components/vault-words';
import { PointsTab } from './points-tab';
import { PoliciesTab } from './policies-tab';
import { RemovalsTab } from './removals-tab';
import { ReplicationLead } from './replication-lead';
import { ReplicationTab } from './replication-tab/replication-tab';
import { SettingsTab } from './settings-tab';
import { SharingTab } from './sharing-tab';
import { StorageTab } from './storage-tab/storage-tab';
import { vaultSummary } from './vault-summary';

export interface VaultTabProps {
  vault: Vault;
  actions: ReturnType<typeof useVaultActions>;
}

export function VaultDetail({ vault, actions }: VaultTabProps) {
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'Vault management', href: sectionHref(vault.region, 'vaults') },
          { label: vault.name },
        ]}
        title={vault.name}
        description={vault.description || undefined}
        badge={
          <span className="flex flex-wrap items-center gap-2">
            <VaultKindBadge kind={vault.kind} />
            {vault.lockedAt && (
              <Badge>
                <Lock className="size-3" aria-hidden /> Locked
              </Badge>
            )}
            <VaultStatus vault={vault} />
          </span>
        }
        actions={<HeaderActions vault={vault} actions={actions} />}
      />
      {vault.status === 'error' && (
        <Callout kind="danger" title="This vault is in error" className="mb-5">
          {vault.statusReason}{' '}
          {vault.kmsKey && vault.kmsKey.state !== 'enabled' && (
            <Link href={sectionHref(vault.region, 'keys')} className="link underline">
              Go to Keys
            </Link>
          )}
        </Callout>
      )}
      <TrialNotice vault={vault} />
      <DetailLayout
        summary={vaultSummary(vault)}
        lead={vault.replication && <ReplicationLead replication={vault.replication} />}
        tabs={tabsOf(vault, actions)}
      />
    </>
  );
}

function tabsOf(vault: Vault, actions: VaultTabProps['actions']): Tab[] {
  const props = { vault, actions };
  const sharing: Tab = {
    value: 'sharing',
    label: 'Sharing',
    count: vault.sharedWith.length,
    content: <SharingTab {...props} />,
  };
  const { intake, canReplicate, canBeShared } = vaultKinds[vault.kind];
  const replication: Tab = {
    value: 'replication',
    label: 'Replication',
    content: <ReplicationTab {...props} />,
  };
  const removals: Tab = {
    value: 'removals',
    label: 'Removals to come',
    content: <RemovalsTab {...props} />,
  };
  return [
    {
      value: 'points',
      label: 'Backup points',
      count: vault.pointCount,
      content: <PointsTab {...props} />,
    },
    ...(intake === 'backups'
      ? [{ value: 'policies', label: 'Policies', content: <PoliciesTab vault={vault} /> }]
      : []),
    ...(canReplicate || vault.kind === 'replication_target' ? [replication] : []),
    ...(vault.guard ? [removals] : []),
    ...(canBeShared ? [sharing] : []),
    { value: 'storage', label: 'Storage', content: <StorageTab {...props} /> },
    { value: 'settings', label: 'Settings', content: <SettingsTab {...props} /> },
  ];
}

/** The one thing that is next for this vault, and the menu with all of them. */
function HeaderActions({ vault, actions }: VaultTabProps) {
  const refusals = actions.refusalsOf(vault);
  return (
    <>
      {isReplicating(vault) && (
        <Button
          variant="danger-outline"
          icon={<StopCircle />}
          disabledReason={refusals.stop}
          onClick={() => actions.start('stop', vault)}
        >
          Stop replication
        </Button>
      )}
      {vault.kind === 'replication_target' && vault.pointCount > 0 && (
        <ButtonLink icon={<History />} href={restoreFromHref(vault)}>
          Restore
        </ButtonLink>
      )}
      {vault.kind === 'replication_target' && (
        <Button
          variant="primary"
          icon={<Share2 />}
          disabledReason={refusals.share}
          onClick={() => actions.start('share', vault)}
        >
          Add to a resource share
        </Button>
      )}
      {vaultKinds[vault.kind].canReplicate && !isReplicating(vault) && (
        <Button
          variant="primary"
          icon={<Workflow />}
          disabledReason={refusals.configure}
          onClick={() => actions.start('configure', vault)}
        >
          Configure replication
        </Button>
      )}
      {vault.trial && !vault.trial.isKept && (
        <Button
          variant="primary"
          icon={<Archive />}
          disabledReason={refusals.keep}
          onClick={() => actions.start('keep', vault)}
        >
          Keep as standard vault
        </Button>
      )}
      <Menu
        actions={actions.menuOf(vault)}
        trigger={
          <IconButton variant="secondary" label={`Actions for ${vault.name}`} icon={<EllipsisVertical />} />
        }
      />
    </>
  );
}

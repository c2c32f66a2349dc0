'use client';

import { Vault as VaultIcon } from 'lucide-react';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { formatBytes, plural } from '@/components/ui/format';
import { Bytes, RelativeTime } from '@/components/ui/quantities';
import { type RadioCard, RadioCards } from '@/components/ui/radio-cards';
import { SkeletonText } from '@/components/ui/skeleton';
import { Summary } from '@/components/ui/summary';
import { regionName } from '@/lib/regions/schemas';
import { type Vault, vaultKinds } from '@/lib/vaults/schemas';
import { kindUis, type WizardKind } from './kinds';

interface VaultStepProps {
  region: string;
  vaults: Vault[] | undefined;
  error: Error | null;
  onRetry: () => void;
  kind: WizardKind | null;
  /** How many points of the kind each vault holds; null while that is not known. */
  held: ReadonlyMap<string, number> | null;
  value: string | null;
  onChange: (vaultId: string) => void;
}

export function VaultStep({ region, vaults, error, onRetry, kind, held, value, onChange }: VaultStepProps) {
  if (!vaults) {
    return error ? <ErrorState onRetry={onRetry}>{error.message}</ErrorState> : <SkeletonText lines={4} />;
  }
  if (vaults.length === 0) {
    return (
      <EmptyState
        icon={<VaultIcon />}
        title="There is no vault to restore from"
        action={
          <ButtonLink variant="primary" href={sectionHref(region, 'vaults')}>
            Open vault management
          </ButtonLink>
        }
      >
        A vault holds backup points of your own hosts, or copies of another account’s.
      </EmptyState>
    );
  }
  const refuse = (vault: Vault) => refusalOf(vault) ?? kindRefusal(vault, kind, held);
  const rank = (vault: Vault) => (refuse(vault) ? 2 : 0) + (vault.region === region ? 0 : 1);
  const sorted = [...vaults].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  return (
    <RadioCards
      label="Source vault"
      value={value ?? ''}
      onValueChange={onChange}
      options={sorted.map((vault) => toCard(vault, refuse(vault)))}
    />
  );
}

function toCard(vault: Vault, disabledReason: string | null): RadioCard {
  const size = `${plural(vault.pointCount, 'point')} · ${formatBytes(vault.sourceBytes)} of source data`;
  return {
    value: vault.id,
    label: (
      <span className="flex flex-wrap items-center gap-2">
        <span className="wrap-anywhere">{vault.name}</span> <VaultKind vault={vault} />
      </span>
    ),
    description: (
      <>
        {regionName(vault.region)} · {size}
        {vault.replication && vault.kind === 'replication_target' && (
          <>
            <br />
            Copied from {vault.replication.source.vaultName} of {vault.replication.source.accountName}
          </>
        )}
      </>
    ),
    aside: vault.newestPointAt && (
      <>
        Newest <RelativeTime at={vault.newestPointAt} />
      </>
    ),
    disabledReason,
  };
}

function VaultKind({ vault }: { vault: Vault }) {
  return vault.kind === 'replication_target' ? (
    <Badge tone="target">Second copy</Badge>
  ) : (
    <Badge>Standard</Badge>
  );
}

/** Why nothing can be restored from a vault now, or null. */
function refusalOf(vault: Vault): string | null {
  if (vault.status === 'deleting') return 'The vault is being deleted.';
  if (vault.status === 'initializing') return 'The vault is still being set up.';
  if (vault.kmsKey && vault.kmsKey.state !== 'enabled') {
    return vault.statusReason ?? `The key of this vault is ${vault.kmsKey.state}. Look at it under Keys.`;
  }
  if (vault.status === 'error') return vault.statusReason ?? 'The vault is in error.';
  return vault.pointCount === 0 ? 'It holds no backup point yet.' : null;
}

/** A vault that holds no point of the kind, or takes none. */
function kindRefusal(
  vault: Vault,
  kind: WizardKind | null,
  held: ReadonlyMap<string, number> | null,
): string | null {
  if (!kind) return null;
  const { title } = kindUis[kind];
  if (!vaultKinds[vault.kind].sources.includes(kind))
    return `A vault of this kind holds no backups of ${title}.`;
  return held && !held.get(vault.id) ? `It holds no backup point of ${title}.` : null;
}

export function VaultReview({ vault }: { vault: Vault }) {
  return (
    <Summary
      columns={3}
      items={[
        {
          label: 'Vault',
          value: (
            <span className="flex flex-wrap items-center gap-2">
              {vault.name} <VaultKind vault={vault} />
            </span>
          ),
        },
        { label: 'Region', value: regionName(vault.region) },
        { label: 'Source data', value: <Bytes value={vault.sourceBytes} /> },
      ]}
    />
  );
}

import type { SelectOption } from '@/components/ui/select';
import type { BackupClient } from '@/lib/clients/schemas';
import { backupRefusal } from '@/lib/jobs/rules';
import { regionName } from '@/lib/regions/schemas';
import type { SourceKind } from '@/lib/schemas';
import type { Vault } from '@/lib/vaults/schemas';

/** Clients that can be chosen first, online before offline; revoked ones last, with the reason. */
export function clientOptions(clients: BackupClient[]): SelectOption[] {
  const rank = { online: 0, offline: 1, revoked: 2 };
  return [...clients]
    .sort((a, b) => rank[a.status] - rank[b.status] || a.name.localeCompare(b.name))
    .map((client) => ({
      value: client.id,
      label: client.name,
      description: client.status === 'online' ? 'Online' : 'Offline',
      disabledReason:
        client.status === 'revoked' ? 'This client was revoked. Enrol the host again to use it.' : null,
    }));
}

/** Vaults of this region before others; those that take no backup last, with the reason. */
export function vaultOptions(
  vaults: Vault[],
  region: string,
  now: Date,
  sourceKind: SourceKind = 'local_file',
): SelectOption[] {
  const options = vaults.map((vault) => ({ vault, refusal: refusalOf(vault, now, sourceKind) }));
  const rank = (option: (typeof options)[number]) =>
    (option.refusal ? 2 : 0) + (option.vault.region === region ? 0 : 1);
  return options
    .sort((a, b) => rank(a) - rank(b) || a.vault.name.localeCompare(b.vault.name))
    .map(({ vault, refusal }) => ({
      value: vault.id,
      label: vault.name,
      description: regionName(vault.region),
      disabledReason: refusal,
    }));
}

function refusalOf(vault: Vault, now: Date, sourceKind: SourceKind): string | null {
  const keyState = (vault.kmsKey?.state ?? null) as Parameters<typeof backupRefusal>[1];
  const facts = { ...vault, trialEndsAt: vault.trial ? new Date(vault.trial.endsAt) : null };
  return backupRefusal(facts, keyState, 'active', { sourceKind, now })?.message ?? null;
}

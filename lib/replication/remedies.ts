import { knownRegions } from '@/lib/regions/schemas';
import type { IneligibleReason } from './schemas';

export interface Remedy {
  /** Verb and noun, as the text of a link. */
  label: string;
  /** A path of the console. */
  href: string;
}

interface Ends {
  source: { id: string; region: string };
  target: { vaultId: string; region: string; isOwn: boolean };
}

/** Where the reader mends what makes a target ineligible; null where only time or the other account can. */
export function remedyFor(reason: IneligibleReason, ends: Ends): Remedy | null {
  return remedies[reason](ends);
}

const vaultsOf = (region: string) => `/${region}/vaults`;
const createTarget = ({ target }: Ends): Remedy | null =>
  target.isOwn
    ? { label: 'Create another target vault', href: `${vaultsOf(target.region)}?create=target` }
    : null;
const openSource =
  (label: string) =>
  (ends: Ends): Remedy => ({
    label,
    href: `${vaultsOf(ends.source.region)}/${ends.source.id}`,
  });
const openTarget = ({ target }: Ends): Remedy | null =>
  target.isOwn
    ? { label: 'Open the target vault', href: `${vaultsOf(target.region)}/${target.vaultId}` }
    : null;
const chooseVault = ({ source }: Ends): Remedy => ({
  label: 'Choose another source vault',
  href: vaultsOf(source.region),
});

const createElsewhere = ({ source }: Ends): Remedy | null => {
  const other = knownRegions().find(({ id, vaultReplication }) => vaultReplication && id !== source.region);
  return other
    ? { label: `Create a target vault in ${other.name}`, href: `${vaultsOf(other.id)}?create=target` }
    : null;
};

const remedies: Record<IneligibleReason, (ends: Ends) => Remedy | null> = {
  same_vault: createTarget,
  not_a_replication_target: createTarget,
  source_is_replication_target: chooseVault,
  source_kind_without_replication: chooseVault,
  source_not_ready: openSource('Open the source vault'),
  target_not_ready: openTarget,
  encryption_differs: createTarget,
  target_already_used: createTarget,
  source_already_replicates: (ends) => {
    const { href } = openSource('')(ends);
    return { label: 'Open its replication', href: `${href}?tab=replication` };
  },
  same_account_same_region: createElsewhere,
  region_without_replication: createElsewhere,
  source_account_inactive: () => null,
  target_account_inactive: () => null,
  share_not_accepted: ({ source }) => ({
    label: 'Open the invitations',
    href: `/${source.region}/shared-with-me`,
  }),
};

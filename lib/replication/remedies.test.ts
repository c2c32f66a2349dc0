import { expect, test } from 'vitest';
import { remedyFor } from './remedies';
import { IneligibleReason } from './schemas';

const source = { id: 'v-1', region: 'cn-hangzhou' };
const own = { vaultId: 'r-1', region: 'eu-central-1', isOwn: true };

test('every reason that the reader can mend leads to the page where it is mended', () => {
  const led = IneligibleReason.options.map((reason) => [
    reason,
    remedyFor(reason, { source, target: own })?.href,
  ]);
  expect(Object.fromEntries(led)).toEqual({
    same_vault: '/eu-central-1/vaults?create=target',
    not_a_replication_target: '/eu-central-1/vaults?create=target',
    source_is_replication_target: '/cn-hangzhou/vaults',
    source_kind_without_replication: '/cn-hangzhou/vaults',
    source_not_ready: '/cn-hangzhou/vaults/v-1',
    target_not_ready: '/eu-central-1/vaults/r-1',
    encryption_differs: '/eu-central-1/vaults?create=target',
    target_already_used: '/eu-central-1/vaults?create=target',
    source_already_replicates: '/cn-hangzhou/vaults/v-1?tab=replication',
    same_account_same_region: expect.stringMatching(/^\/(?!cn-hangzhou)[a-z0-9-]+\/vaults\?create=target$/),
    region_without_replication: expect.stringMatching(/^\/(?!cn-hangzhou)[a-z0-9-]+\/vaults\?create=target$/),
    source_account_inactive: undefined,
    target_account_inactive: undefined,
    share_not_accepted: '/cn-hangzhou/shared-with-me',
  });
});

test('what only the other account can mend has no link that would lead nowhere', () => {
  const target = { ...own, isOwn: false };
  for (const reason of ['target_already_used', 'target_not_ready', 'encryption_differs'] as const) {
    expect(remedyFor(reason, { source, target })).toBeNull();
  }
});

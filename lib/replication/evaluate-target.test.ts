import { describe, expect, test } from 'vitest';
import { type CandidateTarget, evaluateTarget, type SourceVault } from './evaluate-target';
import { IneligibleReason } from './schemas';

const source: SourceVault = {
  id: 'v-1',
  accountId: '1000000000000000',
  kind: 'standard',
  status: 'created',
  region: 'cn-hangzhou',
  encryption: 'service',
  isReplicating: false,
  isOwnerActive: true,
};
const target: CandidateTarget = {
  vaultId: 'r-1',
  ownerAccountId: '2000000000000000',
  kind: 'replication_target',
  status: 'created',
  region: 'cn-hangzhou',
  encryption: 'service',
  isUsed: false,
  isOwnerActive: true,
  isAccessible: true,
};

const refusals: [IneligibleReason, Partial<SourceVault>, Partial<CandidateTarget>][] = [
  ['same_vault', {}, { vaultId: 'v-1' }],
  ['source_account_inactive', { isOwnerActive: false }, {}],
  ['share_not_accepted', {}, { isAccessible: false }],
  ['source_is_replication_target', { kind: 'replication_target' }, {}],
  ...(['archive', 'database', 'container', 'trial_oss', 'trial_nas', 'trial_tablestore'] as const).map(
    (kind): (typeof refusals)[number] => ['source_kind_without_replication', { kind }, {}],
  ),
  ['source_already_replicates', { isReplicating: true }, {}],
  ['source_not_ready', { status: 'initializing' }, {}],
  ['source_not_ready', { status: 'error' }, {}],
  ['source_not_ready', { status: 'deleting' }, {}],
  ['region_without_replication', { region: 'xx-nowhere' }, {}],
  ['region_without_replication', {}, { region: 'xx-nowhere' }],
  ['not_a_replication_target', {}, { kind: 'standard' }],
  ['not_a_replication_target', {}, { kind: 'archive' }],
  ['target_already_used', {}, { isUsed: true }],
  ['target_account_inactive', {}, { isOwnerActive: false }],
  ['target_not_ready', {}, { status: 'initializing' }],
  ['target_not_ready', {}, { status: 'error' }],
  ['target_not_ready', {}, { status: 'deleting' }],
  ['encryption_differs', { encryption: 'kms' }, {}],
  ['encryption_differs', {}, { encryption: 'kms' }],
  ['same_account_same_region', {}, { ownerAccountId: source.accountId }],
];

describe('a replication target vault', () => {
  test.each([
    ['of another account in the same region', {}, {}],
    ['of another account in another region', {}, { region: 'eu-central-1' }],
    ['of the same account in another region', {}, { ownerAccountId: source.accountId, region: 'cn-beijing' }],
    ['with KMS encryption for a source with KMS encryption', { encryption: 'kms' }, { encryption: 'kms' }],
  ] as const)('%s is eligible', (_, ofSource, ofTarget) => {
    expect(evaluateTarget({ ...source, ...ofSource }, { ...target, ...ofTarget })).toEqual({
      eligible: true,
    });
  });

  test.each(refusals)('is refused with %s for source %j and target %j', (reason, ofSource, ofTarget) => {
    const found = evaluateTarget({ ...source, ...ofSource }, { ...target, ...ofTarget });
    expect(found).toMatchObject({ eligible: false, reason });
    if (!found.eligible) expect(found.explanation).toMatch(/^[A-Z].{20,}\.$/);
  });

  test('has a case here for every reason that the API documents', () => {
    expect(new Set(refusals.map(([reason]) => reason))).toEqual(new Set(IneligibleReason.options));
  });

  test('is refused for what is wrong with the source before what is wrong with itself', () => {
    expect(evaluateTarget({ ...source, isReplicating: true }, { ...target, isUsed: true })).toMatchObject({
      reason: 'source_already_replicates',
    });
  });
});

import { describe, expect, it, test } from 'vitest';
import {
  answerRefusal,
  backupRefusal,
  cancelRefusal,
  isOpen,
  type ProjectFacts,
  projectRefusal,
  type SharedBackupFacts,
  vaultRefusal,
} from './rules';
import { noticeOf, reasonSentence, waitingSentence } from './sentences';

const backup: SharedBackupFacts = {
  sourceKind: 'server',
  isReceived: false,
  isAvailable: true,
  region: 'cn-hangzhou',
  isSharingOffered: true,
  accountId: 'A',
  openShares: [],
};
const project: ProjectFacts = {
  id: 'p',
  accountId: 'B',
  region: 'cn-hangzhou',
  isActive: true,
  missingKeys: [],
};
const numberOf = (error: { reason?: string } | null) => error?.reason?.replace('BackupService.', '') ?? null;

describe('a backup can be shared', () => {
  test.each<[string, string | null, Partial<SharedBackupFacts>]>([
    ['of a server', null, {}],
    ['of a disk', null, { sourceKind: 'disk' }],
    ['not of files', '6700', { sourceKind: 'ecs_file' }],
    ['not when it was shared itself', '6714', { isReceived: true }],
    ['not while it is being deleted', '6702', { isAvailable: false }],
    ['not where the region does not offer it', '6707', { isSharingOffered: false }],
  ])('%s', (_, number, facts) => {
    expect(numberOf(backupRefusal({ ...backup, ...facts }))).toBe(number);
  });
});

describe('with a project', () => {
  const others = (count: number) => Array.from({ length: count }, (_, i) => ({ projectId: `other-${i}` }));
  test.each<[string, string | null, Partial<ProjectFacts> | null, Partial<SharedBackupFacts>]>([
    ['of another account in the region', null, {}, {}],
    ['not one that nobody has', '6704', null, {}],
    ['not its own', '6707', { accountId: 'A' }, {}],
    ['not in another region', '6704', { region: 'eu-west-1' }, {}],
    ['not of an account that is not active', '6707', { isActive: false }, {}],
    ['not twice', '6703', {}, { openShares: [{ projectId: 'p' }] }],
    ['as the tenth', null, {}, { openShares: others(9) }],
    ['not as the eleventh', '6701', {}, { openShares: others(10) }],
    ['not before its key is shared', '6709', { missingKeys: ['key-1'] }, {}],
  ])('%s', (_, number, facts, more) => {
    const of = facts === null ? null : { ...project, ...facts };
    expect(numberOf(projectRefusal({ ...backup, ...more }, of))).toBe(number);
  });
});

describe('a vault takes a shared backup', () => {
  const shared = { kind: 'server', region: 'cn-hangzhou', sizeBytes: 100, isEncrypted: false };
  const vault = {
    kind: 'server_backup',
    region: 'cn-hangzhou',
    status: 'created',
    encryption: 'service' as const,
    capacityBytes: 1000,
    storedBytes: 500,
    reservedBytes: 300,
    isAutoExpanding: false,
  };
  test.each<[string, string | null, Partial<typeof vault>, Partial<typeof shared>]>([
    ['of its type and region with more room than it needs', null, {}, {}],
    ['not into another region', '6105', { region: 'eu-west-1' }, {}],
    ['not into one for disks', '6713', { kind: 'disk_backup' }, {}],
    ['not into one for files', '6713', { kind: 'standard' }, {}],
    ['not before the vault is ready', '6712', { status: 'initializing' }, {}],
    ['not when exactly its size is free', '6101', { reservedBytes: 400 }, {}],
    ['when one byte more is free', null, { reservedBytes: 399 }, {}],
    ['when the vault expands by itself', null, { reservedBytes: 400, isAutoExpanding: true }, {}],
    ['encrypted only under a key', '6709', {}, { isEncrypted: true }],
  ])('%s', (_, number, of, more) => {
    expect(numberOf(vaultRefusal({ ...shared, ...more }, { ...vault, ...of }))).toBe(number);
  });
});

describe('a share', () => {
  it('is answered while it is open and not yet accepted, and once more after a copy that failed', () => {
    expect(answerRefusal('pending')).toBeNull();
    expect(answerRefusal('failed')).toBeNull();
    for (const state of ['copying', 'accepted', 'rejected', 'cancelled', 'deleted'] as const)
      expect(numberOf(answerRefusal(state))).toBe('6708');
  });

  it('is cancelled in every open state, unless an image was registered from it', () => {
    for (const state of ['pending', 'copying', 'accepted', 'failed'] as const) {
      expect(isOpen(state)).toBe(true);
      expect(cancelRefusal(state, [], 'B')).toBeNull();
    }
    for (const state of ['rejected', 'cancelled', 'deleted'] as const)
      expect(numberOf(cancelRefusal(state, [], 'B'))).toBe('6708');
    const refusal = cancelRefusal('accepted', [{ imageName: 'golden' }], 'Subsidiary');
    expect(numberOf(refusal)).toBe('6710');
    expect(refusal?.message).toContain('Subsidiary has registered an image from the backup: golden');
  });

  it('tells each side what the other did, and says why in words', () => {
    const notice = {
      backupName: 'daily',
      sharerName: 'Head',
      recipientName: 'Sub',
      stateReason: 'corrupt_data',
    };
    expect(noticeOf({ ...notice, side: 'recipient', event: 'offered' })?.title).toBe(
      'Head shares the backup daily with this account',
    );
    expect(noticeOf({ ...notice, side: 'sharer', event: 'failed' })?.body).toMatch(/damaged/);
    expect(noticeOf({ ...notice, side: 'sharer', event: 'arrived' })).toBeNull();
    expect(reasonSentence(null)).toBeNull();
    expect(waitingSentence('key_not_shared')).toMatch(/does not share its key/);
    expect(waitingSentence('unheard of')).toMatch(/tried again/);
  });
});

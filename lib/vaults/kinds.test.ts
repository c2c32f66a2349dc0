import { describe, expect, test } from 'vitest';
import { SourceKind } from '@/lib/schemas';
import { isStreamSource, sourceKinds } from '@/lib/sources/schemas';
import { intakeRefusal, isTrial, kindsTaking, sourcesInWords, VaultKind, vaultKinds } from './kinds';
import { trialDates, trialInWords, trialRefusal } from './trials';

describe('the kinds of vaults', () => {
  test('each say what they are for in whole sentences, and take at least one kind of source', () => {
    for (const kind of VaultKind.options) {
      expect(vaultKinds[kind].purpose).toMatch(/^[A-Z].{20,}\.$/);
      expect(sourcesInWords(kind).length).toBeGreaterThan(0);
    }
  });

  test('only standard vaults are replicated, only targets are shared, and trials alone cannot be locked', () => {
    const those = (is: (kind: VaultKind) => boolean) => VaultKind.options.filter(is);
    expect(those((kind) => vaultKinds[kind].canReplicate)).toEqual(['standard']);
    expect(those((kind) => vaultKinds[kind].canBeShared)).toEqual(['replication_target']);
    expect(those((kind) => !vaultKinds[kind].canBeLocked)).toEqual(those(isTrial));
    expect(those(isTrial)).toEqual(['trial_oss', 'trial_nas', 'trial_tablestore']);
  });

  test('a target takes whatever its source may hold, so that nothing of it is left behind', () => {
    expect(vaultKinds.replication_target.sources).toEqual(vaultKinds.standard.sources);
  });

  test('every kind of source has a vault that takes it from a client', () => {
    for (const source of SourceKind.options) expect(kindsTaking(source)).not.toEqual([]);
    expect(SourceKind.options.filter(isStreamSource)).toEqual(['database_dump', 'container_image']);
    expect(Object.keys(sourceKinds)).toEqual(SourceKind.options);
  });

  test('a backup of the wrong kind is refused with the kind of vault that takes it', () => {
    expect(intakeRefusal('database', 'database_dump')).toBeNull();
    expect(intakeRefusal('standard', 'database_dump')).toMatchObject({
      reason: 'vault_takes_other_sources',
      message: expect.stringContaining('Choose a vault of the kind Database for Database dumps.'),
    });
    expect(intakeRefusal('archive', 'local_file')).toMatchObject({ reason: 'archive_takes_no_backups' });
    expect(intakeRefusal('replication_target', 'local_file')).toMatchObject({
      reason: 'replication_target_takes_no_backups',
    });
  });
});

describe('a trial', () => {
  const made = new Date('2026-03-01T10:00:00Z');
  const { endsAt, releasesAt } = trialDates(made);

  test('lasts thirty days and keeps its points for seven more', () => {
    expect(endsAt).toEqual(new Date('2026-03-31T10:00:00Z'));
    expect(releasesAt).toEqual(new Date('2026-04-07T10:00:00Z'));
  });

  test('takes backups to its last moment and none from its end on; other vaults have no end', () => {
    expect(trialRefusal(endsAt, new Date(endsAt.getTime() - 1))).toBeNull();
    expect(trialRefusal(endsAt, endsAt)).toMatchObject({ code: 'expired', reason: 'trial_ended' });
    expect(trialRefusal(null, endsAt)).toBeNull();
  });

  test('says what comes next: release, or the standard vault that it is kept as', () => {
    const trial = { endsAt: endsAt.toISOString(), releasesAt: releasesAt.toISOString(), isKept: false };
    expect(trialInWords(trial, made)).toMatchObject({ phase: 'running' });
    expect(trialInWords(trial, endsAt)).toMatchObject({ phase: 'ended' });
    expect(trialInWords({ ...trial, isKept: true }, made).sentence).toContain('becomes a standard vault');
  });
});

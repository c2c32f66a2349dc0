import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Answers, agreeOnVersion } from './answers';
import { readOptions } from './options';
import { readParameters } from './parameters';
import { parseInput } from './requests';

const folder = mkdtempSync(join(tmpdir(), 'crossvault-backint-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the input file', () => {
  test('is read from top to bottom; what does not begin with a keyword is a remark', () => {
    const text =
      '#SOFTWAREID "backint 1.50" "HANA HDB server 2.00.070"\na remark\n#PIPE "/a b"\n#FILE /c 12\n';
    expect(parseInput('backup', text)).toMatchObject({
      version: '1.50',
      requests: [
        { kind: 'pipe', name: { raw: '"/a b"', value: '/a b' } },
        { kind: 'file', name: { value: '/c' }, sizeBytes: 12 },
      ],
    });
  });

  test('asks for a version of an object, the newest one, or all', () => {
    expect(parseInput('restore', '#EBID "1" /a /b\r\n#NULL /c').requests).toMatchObject([
      { kind: 'ebid', ebid: { value: '1' }, name: { value: '/a' }, destination: { value: '/b' } },
      { kind: 'null', ebid: null, name: { value: '/c' }, destination: null },
    ]);
    expect(parseInput('inquire', '#NULL\n#EBID "1"').requests).toMatchObject([
      { kind: 'null', name: null },
      { kind: 'ebid', name: null },
    ]);
  });

  test.each([
    ['backup', '#EBID "1" /a', 'Line 1'],
    ['backup', '\n#PIPE', 'Line 2'],
    ['backup', '#FILE /a many', 'no number'],
    ['restore', '#EBID "1"', '1 parameters'],
    ['delete', '#NULL /a', 'nothing that delete knows'],
  ] as const)('of %s refuses %j', (fn, text, why) => {
    expect(() => parseInput(fn, text)).toThrow(why);
  });
});

describe('the output file', () => {
  const written = (version: string | null, write: (answers: Answers) => void) => {
    const path = join(folder, 'out');
    writeFileSync(path, 'what an earlier call left');
    const answers = new Answers(path);
    answers.begin(version);
    write(answers);
    answers.end();
    return readFileSync(path, 'utf8').split('\n').slice(1, -1);
  };
  const found = { ebid: '12345', path: '/object.txt', savedAt: '2026-01-02T03:04:05.678Z' };

  test('says what other agents say for the same thing', () => {
    expect(written('1.04', (a) => a.backup(found, null))).toEqual(['#BACKUP "12345" "/object.txt"']);
    expect(written('1.50', (a) => a.backup(found, '/object.txt'))).toEqual([
      '#BACKUP "12345" /object.txt "2026-01-02T03:04:05.678Z"',
    ]);
    const lines = written('1.04', (a) => {
      a.saved('12345', '/object.txt', 10);
      a.restored('12345', '"/object.txt"');
      a.deleted('"12345"', '/object.txt');
      a.notFound('"12345"', '/object.txt');
      a.notFound(undefined, '/object.txt');
      a.error('/object.txt');
    });
    expect(lines).toEqual([
      '#SAVED "12345" /object.txt 10',
      '#RESTORED "12345" "/object.txt"',
      '#DELETED "12345" /object.txt',
      '#NOTFOUND "12345" /object.txt',
      '#NOTFOUND /object.txt',
      '#ERROR /object.txt',
    ]);
  });

  test.each([
    ['1.04', '1.04'],
    ['1.40', '1.40'],
    ['1.50', '1.50'],
    ['1.5', '1.50'],
    ['2.00', '1.50'],
    [null, '1.04'],
  ])('answers a caller that speaks %s in %s', (asked, expected) => {
    expect(agreeOnVersion(asked)).toBe(expected);
  });
});

describe('the options', () => {
  const usual = ['-f', 'backup', '-u', 'HXE@HXE', '-p', '/p.utl'];

  test('are those that HANA gives', () => {
    const args = [...usual, '-i', '/in', '-o', '/out', '-s', '1700', '-c', '3', '-l', 'LOG'];
    expect(readOptions(args)).toEqual({
      ...{ fn: 'backup', user: 'HXE@HXE', database: 'HXE', sid: 'HXE', parameterFile: '/p.utl' },
      ...{ input: '/in', output: '/out', backupId: '1700', objectCount: 3, level: 'LOG' },
    });
    expect(readOptions(['-V'])).toBeNull();
    expect(readOptions(['-v'])).toBeNull();
  });

  test.each([
    [['-f', 'forget', '-u', 'HXE@HXE', '-p', '/p'], '-f'],
    [['-f', 'backup', '-u', 'HXE', '-p', '/p'], '-u'],
    [['-f', 'backup', '-u', 'HXE@HXE'], '-p'],
    [[...usual, '-l', 'SOMETIMES'], '-l'],
    [[...usual, '-c', 'three'], '-c'],
    [[...usual, '-z'], "'-z'"],
  ])('%j are refused', (args, why) => {
    expect(() => readOptions(args)).toThrow(why);
  });
});

describe('the parameter file', () => {
  const read = (text: string) => {
    const path = join(folder, 'parameters');
    writeFileSync(path, text);
    return readParameters(path);
  };

  test('names the instance and the vault', async () => {
    expect(await read('# ours\ninstance = HXE\n vault=v-1 \n\nparallel = 4\n')).toEqual({
      ...{ instance: 'HXE', vault: 'v-1', parallel: 4, pipe_timeout_seconds: 600 },
    });
  });

  test.each([
    ['vault = v-1', 'instance'],
    ['instance', 'line 1'],
    ['instance = a\ninstance = b', 'twice'],
    ['instance = a\nvalut = b', 'valut'],
    ['instance = a\nparallel = many', 'parallel'],
    ['instance = a\nclient_dir = here', 'absolute'],
  ])('%j is refused', async (text, why) => {
    await expect(read(text)).rejects.toThrow(why);
  });

  test('that is not there is named', async () => {
    await expect(readParameters(join(folder, 'none'))).rejects.toThrow('none');
  });
});

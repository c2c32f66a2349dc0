import { expect, test } from 'vitest';
import { csvHeader, toCsvLine } from './csv';
import type { AuditEvent } from './schemas';

const event: AuditEvent = {
  id: 7,
  seq: 3,
  at: '2026-01-02T03:04:05.000Z',
  actor: { kind: 'user', id: 'u-1', name: 'Ada' },
  action: 'vaults.create',
  resource: { kind: 'vault', id: 'v-1', name: null },
  before: null,
  after: { name: 'a "b", c' },
  ip: null,
  requestId: 'r-1',
};

test('a line has a field for each column, quoted where it must be', () => {
  const line = toCsvLine(event);
  expect(line).toBe(
    '2026-01-02T03:04:05.000Z,vaults.create,user,u-1,Ada,vault,v-1,,,"{""name"":""a \\""b\\"", c""}",,r-1,7,3\r\n',
  );
  expect(csvHeader.split(',')).toHaveLength(14);
});

test.each(['=HYPERLINK("http://x")', '+1', '-1', '@sum', '\tx'])(
  'a name that a spreadsheet would run, %j, becomes text',
  (name) => {
    expect(toCsvLine({ ...event, actor: { ...event.actor, name } })).toMatch(/,"?'/);
  },
);

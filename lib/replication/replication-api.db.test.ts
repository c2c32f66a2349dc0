import { expect, test } from 'vitest';
import { makeBackupPoint, makeClient, makeVault } from '@/db/factories';
import { testDatabase } from '@/db/testing/harness';
import { testInstallation } from '@/lib/testing/installation';
import { apiOf, signedIn } from '@/lib/testing/web';

const database = await testDatabase();
await testInstallation();
const api = apiOf(database);

type Session = Awaited<ReturnType<typeof signedIn>>;

/** Every answer has passed its response schema: a DTO that the schema refuses answers 500 here. */
function caller({ headers }: Session) {
  return async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => {
    const response = await api(method, path, {
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    expect(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`).toBe(true);
    return answer;
  };
}

async function furnish(session: Session, kind: 'standard' | 'replication_target') {
  const place = { accountId: session.accountId, resourceGroupId: session.resourceGroupId };
  return makeVault(database.owner, {
    ...place,
    kind,
    region: kind === 'standard' ? 'cn-hangzhou' : 'cn-beijing',
  });
}

test('two accounts share, accept, replicate, watch and stop over the API', async () => {
  const [source, target] = [await signedIn(database), await signedIn(database)];
  const [asSource, asTarget] = [caller(source), caller(target)];
  const [vault, replica] = [await furnish(source, 'standard'), await furnish(target, 'replication_target')];

  expect((await asTarget('GET', `/principals/${source.accountId}`)).accountId).toBe(source.accountId);
  const share = await asTarget('POST', '/resource-shares', {
    mode: 'new',
    vaultId: replica.id,
    name: 'copies',
    principals: [{ type: 'account', id: source.accountId }],
  });
  expect((await asTarget('GET', '/invitations?direction=sent')).items).toHaveLength(1);
  const [invitation] = (await asSource('GET', '/invitations')).items;
  await asSource('POST', `/invitations/${invitation.id}/accept`, {});

  const targets = await asSource('GET', `/vaults/${vault.id}/replication-targets`);
  expect(targets.items).toMatchObject([{ vaultId: replica.id, eligible: true }]);
  const { id } = await asSource('POST', '/replications', {
    sourceVaultId: vault.id,
    targetVaultId: replica.id,
  });
  expect((await asTarget('GET', '/replications')).items).toMatchObject([{ id, side: 'target' }]);
  expect(await asTarget('GET', `/replications/${id}/points`)).toEqual({ items: [] });
  expect(await asSource('GET', `/replications/${id}/samples?range=7d`)).toMatchObject({
    range: '7d',
    items: [],
  });
  expect(await asSource('GET', `/replications/${id}/stop-plan`)).toMatchObject({ staying: { points: 0 } });
  const objective = { objectiveSeconds: 900, silenceDays: 2 };
  expect(await asTarget('PATCH', `/replications/${id}/objective`, objective)).toMatchObject({
    objective: { seconds: 900, state: 'met', silenceDays: 2 },
  });
  expect(await asTarget('GET', `/vaults/${replica.id}/lock-rehearsal`)).toMatchObject({ points: 0 });
  expect(await asSource('GET', `/vaults/${vault.id}/deletion-plan`)).toMatchObject({
    replications: [{ state: 'active' }],
  });
  expect((await asTarget('GET', '/ticker')).behind.replications).toBe(1);
  expect((await asSource('POST', '/ticker/wake', {})).inFlight).toBe(0);
  expect((await asTarget('GET', `/resource-shares/${share.id}`)).activeReplications).toHaveLength(1);
  const ended = await asTarget('DELETE', `/resource-shares/${share.id}?confirm=copies`);
  // Until the engine has put down what it was copying.
  expect(ended.status).toBe('deleting');
  expect(await asTarget('POST', `/replications/${id}/stop`, { confirm: vault.name })).toMatchObject({
    state: 'stopped',
  });
});

test('clients, jobs, points and restores are served over the API', async () => {
  const session = await signedIn(database);
  const call = caller(session);
  const vault = await furnish(session, 'standard');
  const point = await makeBackupPoint(database.owner, { accountId: session.accountId, vaultId: vault.id });
  const client = await makeClient(database.owner, { accountId: session.accountId });
  expect((await call('POST', '/enrolment-tokens', { region: 'cn-hangzhou' })).command).toContain(
    '--pin sha256:',
  );
  expect((await call('GET', '/clients')).items).toHaveLength(1);
  expect((await call('PATCH', `/clients/${client.id}`, { name: 'ledger' })).name).toBe('ledger');
  const job = await call('POST', '/jobs/backup', { clientId: client.id, vaultId: vault.id, paths: ['/srv'] });
  expect((await call('POST', `/jobs/${job.id}/cancel`, {})).status).toBe('cancelled');
  const destinations = await call('GET', `/vaults/${vault.id}/restore-destinations`);
  expect(destinations.items).toMatchObject([{ clientId: client.id, eligible: true }]);
  const destination = { kind: 'host', targetPath: '/back' };
  const restore = { pointId: point.id, clientId: client.id, selection: { mode: 'all' }, destination };
  expect((await call('POST', '/jobs/restore', restore)).kind).toBe('restore');
  expect((await call('GET', '/jobs?limit=1')).total).toBe(2);
  expect((await call('GET', `/backup-points?vaultId=${vault.id}`)).items).toMatchObject([{ id: point.id }]);
  expect((await call('GET', `/backup-points/${point.id}`)).canDelete).toBe(true);
  const ticket = await call('POST', `/backup-points/${point.id}/download-tickets`, { path: 'srv/a' });
  expect(ticket.url).toContain('/download/cvd_');
  await call('DELETE', `/backup-points/${point.id}?confirm=${point.id}`);
  expect((await call('POST', `/clients/${client.id}/revoke`, { confirm: 'ledger' })).status).toBe('revoked');
});

import { sectionHref } from '@/components/console/navigation';
import { Status } from '@/components/ui/status';
import { type DataSource, findRegisteredKind, registrableKinds } from '@/lib/sources/schemas';

/** A registered source has a page of its own; what comes with a host is on the host's. */
export function sourceHref(source: Pick<DataSource, 'id' | 'config' | 'client'>, region: string): string {
  return source.config
    ? `${sectionHref(region, 'data-sources')}/${source.id}`
    : `${sectionHref(region, 'clients')}/${source.client.id}`;
}

/** Named by its id in backups and policies; a host's files are found by their host. */
export function isRegistered({ kind }: Pick<DataSource, 'kind'>): boolean {
  return findRegisteredKind(kind) !== null;
}

/** Registered by hand, and so changed, checked and removed by hand. */
export function isRegisteredByHand({ kind }: Pick<DataSource, 'kind'>): boolean {
  return registrableKinds.some((known) => known === kind);
}

/** Who moves its bytes. */
export function servedByWords({ client }: Pick<DataSource, 'client'>): string {
  return client.isHost ? client.name : 'The engine of this installation';
}

export type Health = 'ok' | 'failed' | 'unchecked' | 'offline' | 'revoked';

export function healthOf({ kind, check, client }: DataSource): Health {
  if (client.status === 'revoked') return 'revoked';
  if (client.status === 'offline') return 'offline';
  return isRegisteredByHand({ kind }) ? check.state : 'ok';
}

export const healthWords: Record<Health, string> = {
  ok: 'Reachable',
  failed: 'Not reachable',
  unchecked: 'Not checked yet',
  offline: 'Client offline',
  revoked: 'Client revoked',
};

const kinds = {
  ok: 'success',
  failed: 'danger',
  unchecked: 'pending',
  offline: 'off',
  revoked: 'danger',
} as const;

export function SourceHealth({ source, hasDetail }: { source: DataSource; hasDetail?: boolean }) {
  const health = healthOf(source);
  const detail = health === 'failed' ? source.check.message : null;
  return (
    <Status kind={kinds[health]} detail={hasDetail && detail ? detail : undefined}>
      {healthWords[health]}
    </Status>
  );
}

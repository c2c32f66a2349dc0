import { plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { TransferProgress } from '@/components/ui/progress';
import { Bytes, RelativeTime } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import type { VaultZone } from '@/lib/storage/schemas';
import type { Vault } from '@/lib/vaults/schemas';

/** Each zone's copy of the vault. */
export function ZonesPanel({ vault, zones }: { vault: Vault; zones: VaultZone[] }) {
  return (
    <Panel
      title="Zones"
      description={
        zones.length > 1
          ? 'Every object is kept in each zone and read from any. A zone that falls behind is healed from the others.'
          : 'This region has one zone: the vault is kept in one place.'
      }
    >
      {zones.length === 0 && <p className="text-muted">The vault is being set up.</p>}
      <ul className="grid gap-4 sm:grid-cols-2">
        {zones.map((zone) => (
          <li key={zone.zone} aria-label={`Zone ${zone.zone}`} className="rounded-md border border-line p-3">
            <ZoneCard zone={zone} vault={vault} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function ZoneCard({ zone, vault }: { zone: VaultZone; vault: Vault }) {
  const { kind, word } = stateOf(zone);
  const owed = [
    zone.owedObjects > 0 && `${plural(zone.owedObjects, 'object')} to bring`,
    zone.owedDeletions > 0 && `${plural(zone.owedDeletions, 'object')} to delete`,
  ].filter(Boolean);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-baseline justify-between gap-3">
        <span className="font-medium">Zone {zone.zone}</span>
        <Status kind={kind}>{word}</Status>
      </div>
      {owed.length > 0 && <p>{owed.join(', ')}</p>}
      {zone.progress && (
        <TransferProgress
          label={zone.state === 'filling' ? 'Filling the zone' : 'Comparing with the other zones'}
          doneBytes={Math.min(zone.progress.seenBytes, zone.progress.totalBytes)}
          totalBytes={zone.progress.totalBytes}
        />
      )}
      {zone.lastError && (
        <p className="text-danger text-sm">
          {zone.lastError} <RelativeTime at={zone.lastErrorAt} />
        </p>
      )}
      <p className="text-muted text-sm">
        {zone.comparedAt ? (
          <>
            {plural(zone.storedObjects ?? 0, 'object')}, <Bytes value={zone.storedBytes} />, compared{' '}
            <RelativeTime at={zone.comparedAt} />
          </>
        ) : zone.progress ? null : (
          <>
            <Bytes value={vault.storedBytes} /> stored
          </>
        )}
      </p>
    </div>
  );
}

function stateOf(zone: VaultZone): { kind: StatusKind; word: string } {
  if (zone.isReachable === false) return { kind: 'danger', word: 'Away' };
  if (zone.state === 'filling') return { kind: 'running', word: 'Being filled' };
  if (zone.owedObjects + zone.owedDeletions > 0) return { kind: 'running', word: 'Behind' };
  return { kind: 'success', word: 'Whole' };
}

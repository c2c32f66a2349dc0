import { ShieldCheck } from 'lucide-react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Progress, TransferProgress } from '@/components/ui/progress';
import { Bytes, RelativeTime, Time } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import type { VaultStorage, Verification } from '@/lib/storage/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { startVerificationAction } from '../../../actions';

/** How much of the vault was read, opened and hashed lately, and doing it now. */
export function VerificationPanel({ vault, storage }: { vault: Vault; storage: VaultStorage }) {
  const { coverage, verifications, nextVerificationAt } = storage;
  const running = verifications.find(({ state }) => state === 'queued' || state === 'running');
  const refusal = useRefusal('vaults.manage');
  const { show } = useFlash();
  const start = useAction(startVerificationAction, () =>
    show({ kind: 'info', title: `${vault.name} is being verified.` }),
  );
  const ended = verifications.filter((run) => run !== running && run.state !== 'cancelled');
  const reason = running?.scope === 'all' ? 'This vault is being verified already.' : null;
  return (
    <Panel
      title="Verification"
      description="Every stored byte is read, opened and hashed: what is new daily, everything within 30 days."
      actions={
        <Button
          icon={<ShieldCheck />}
          isLoading={start.isPending}
          disabledReason={refusal ?? reason}
          onClick={() => start.send({ vaultId: vault.id })}
        >
          Verify vault
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-col gap-1.5">
          <p>
            <span className="font-medium tabular-nums">{coverage.percent} % of bytes checked</span> in the
            last {coverage.days} days{' '}
            <span className="text-muted">
              (<Bytes value={coverage.checkedBytes} /> of <Bytes value={coverage.totalBytes} />
              ). Next scheduled <Time at={nextVerificationAt} />.
            </span>
          </p>
          <Progress label="Bytes checked" fraction={coverage.percent / 100} tone="success" />
        </div>
        {running && (
          <TransferProgress
            label={running.scope === 'all' ? 'Verifying everything' : 'Scheduled verification'}
            doneBytes={running.bytesDone}
            totalBytes={running.state === 'queued' ? null : running.bytesTotal}
          />
        )}
        {running?.lastError && <p className="text-danger text-sm">{running.lastError}</p>}
        <FormError error={start.error} />
        {ended.length > 0 && (
          <ul aria-label="Verifications" className="flex flex-col divide-y divide-line">
            {ended.slice(0, 5).map((run) => (
              <li key={run.id} className="flex flex-wrap items-baseline justify-between gap-x-4 py-2">
                <Result run={run} />
                <span className="text-muted text-sm">
                  {plural(run.packsDone, 'pack')}, <Bytes value={run.bytesDone} />,{' '}
                  {run.createdBy === 'schedule' ? 'scheduled' : `asked for by ${run.createdBy}`},{' '}
                  <RelativeTime at={run.finishedAt ?? run.createdAt} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}

function Result({ run }: { run: Verification }) {
  const lost = run.damagedPacks - run.healedPacks;
  const [kind, word]: [StatusKind, string] =
    run.damagedPacks === 0
      ? ['success', 'All well']
      : lost === 0
        ? ['success', `${plural(run.damagedPacks, 'damaged pack')} found and healed`]
        : ['danger', `${plural(lost, 'pack')} damaged in every copy`];
  return <Status kind={kind}>{word}</Status>;
}

'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { kindWords, sourceWords } from '@/app/(console)/[region]/backups/_components/backup-words';
import { acceptBackupShareAction } from '@/app/(console)/[region]/backups/actions';
import { sectionHref } from '@/components/console/navigation';
import { Button, ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog';
import { useFlash } from '@/components/ui/flash';
import { formatBytes } from '@/components/ui/format';
import { Bytes, Time } from '@/components/ui/quantities';
import { RadioCards } from '@/components/ui/radio-cards';
import { SkeletonText } from '@/components/ui/skeleton';
import { Summary } from '@/components/ui/summary';
import { vaultCandidatesQuery } from '@/lib/backup-shares/query';
import { acceptRefusal, type ReceivedBackupShare, type VaultCandidate } from '@/lib/backup-shares/schemas';
import { regionName } from '@/lib/regions/schemas';

interface AcceptBackupDialogProps {
  share: ReceivedBackupShare;
  region: string;
  onClose: () => void;
  onAccepted: () => void;
}

/** Chooses the vault that takes a shared backup, among those of its type and region with more room than it needs. */
export function AcceptBackupDialog({ share, region, onClose, onAccepted }: AcceptBackupDialogProps) {
  const { show } = useFlash();
  const { backup, sharer } = share;
  const vaults = useQuery({ ...vaultCandidatesQuery(share.id), staleTime: 0 });
  const [vaultId, setVaultId] = useState('');
  const refusal =
    acceptRefusal({ state: share.state, isKeyMissing: share.isKeyMissing, sharerName: sharer.name })
      ?.message ?? null;
  const chosen = vaults.data?.items.find(({ id }) => id === vaultId);
  const accept = useAction(acceptBackupShareAction, (accepted) => {
    show({
      kind: 'success',
      title: `The backup ${backup.name} is accepted.`,
      detail: `It is being copied into ${accepted.copy?.vault.name ?? 'the vault'}.`,
    });
    onAccepted();
    onClose();
  });
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Accept shared backup"
      description={
        <>
          <strong className="font-semibold text-ink">{backup.name}</strong> from {sharer.name}
        </>
      }
      size="lg"
    >
      <DialogBody>
        <Summary
          columns={2}
          items={[
            { label: 'Backup type', value: kindWords[backup.kind] },
            { label: sourceWords[backup.kind], value: backup.source.name },
            { label: 'Size', value: <Bytes value={backup.sizeBytes} /> },
            { label: 'Expires', value: <Time at={backup.expiresAt} /> },
          ]}
        />
        {refusal && !accept.error && (
          <Callout kind="warning" title="It cannot be accepted now">
            {refusal}
          </Callout>
        )}
        <section aria-label="Vault" className="flex flex-col gap-2">
          <h3 className="font-medium">Vault</h3>
          <Candidates
            vaults={vaults.data?.items}
            error={vaults.error?.message}
            share={share}
            region={region}
            value={vaultId}
            onChange={setVaultId}
          />
        </section>
        <div>
          <p className="mb-1.5 font-medium">What accepting means</p>
          <ul className="list-disc space-y-1 pl-5 text-muted">
            <li>
              The engine copies the bytes and seals them under the key of your vault. Room for them is put
              aside while it copies.
            </li>
            <li>
              The copy keeps the retention of the original: it expires with it, and when {sharer.name} deletes
              the original or cancels the share, the copy goes too.
            </li>
            <li>
              {chosen?.isLocked
                ? 'The chosen vault is locked. Its lock does not cover this backup.'
                : 'No lock of this account covers it.'}{' '}
              It cannot be shared on.
            </li>
            <li>
              Disks, servers and images that you make from it stay. You pay for the vault, and nothing else.
            </li>
          </ul>
        </div>
        <FormError error={accept.error} />
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="primary"
          isLoading={accept.isPending}
          disabledReason={refusal ?? (vaultId === '' ? 'Choose a vault.' : null)}
          onClick={() => accept.send({ id: share.id, vaultId })}
        >
          Accept backup
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

interface CandidatesProps {
  vaults: VaultCandidate[] | undefined;
  error: string | undefined;
  share: ReceivedBackupShare;
  region: string;
  value: string;
  onChange: (id: string) => void;
}

function Candidates({ vaults, error, share, region, value, onChange }: CandidatesProps) {
  if (error) return <Callout kind="danger">{error}</Callout>;
  if (!vaults) return <SkeletonText lines={3} />;
  const kind = share.backup.kind;
  const isNoneFit = vaults.every(({ refusal }) => refusal !== null);
  return (
    <>
      {isNoneFit && (
        <Callout
          kind="warning"
          title={vaults.length === 0 ? 'This account has no vault for it' : 'No vault of this account fits'}
          action={
            <ButtonLink size="sm" href={`${sectionHref(region, 'vaults')}?create=vault`}>
              Create vault
            </ButtonLink>
          }
        >
          Create a vault for {kind} backups in {regionName(share.region)} with more than{' '}
          {formatBytes(share.backup.sizeBytes)} of free space
          {share.backup.isEncrypted && ', under a KMS key'}, then accept the backup into it.
        </Callout>
      )}
      {vaults.length > 0 && (
        <RadioCards
          label="Vault"
          value={value}
          onValueChange={onChange}
          options={vaults.map((vault) => ({
            value: vault.id,
            label: vault.name,
            description: `Capacity ${formatBytes(vault.capacityBytes)}${vault.isAutoExpanding ? ', expands by itself' : ''}`,
            disabledReason: vault.refusal,
            aside: `${formatBytes(vault.freeBytes)} free`,
          }))}
        />
      )}
    </>
  );
}

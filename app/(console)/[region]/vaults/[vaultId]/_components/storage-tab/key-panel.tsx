import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Panel } from '@/components/ui/panel';
import { RelativeTime } from '@/components/ui/quantities';
import type { VaultStorage } from '@/lib/storage/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { rotateVaultKeyAction } from '../../../actions';

/** The version of the vault's key, and making the next one. */
export function KeyPanel({ vault, storageKey }: { vault: Vault; storageKey: VaultStorage['key'] }) {
  const [isAsking, setIsAsking] = useState(false);
  const refusal = useRefusal('keys.manage');
  const rotate = useAction(rotateVaultKeyAction, () => setIsAsking(false));
  const notReady = vault.status === 'created' ? null : 'The vault cannot be used now.';
  const rotating = storageKey.isRotating ? 'A new version is being made.' : null;
  return (
    <Panel
      title="Vault key"
      description="Seals what this vault stores. It is itself sealed by the service key or the account’s KMS key."
      actions={
        <Button
          icon={<RefreshCw />}
          disabledReason={refusal ?? notReady ?? rotating}
          onClick={() => setIsAsking(true)}
        >
          Rotate key
        </Button>
      }
    >
      <p>
        Version {storageKey.version}
        {storageKey.madeAt && (
          <span className="text-muted">
            , made <RelativeTime at={storageKey.madeAt} />
          </span>
        )}
      </p>
      <ConfirmDialog
        isOpen={isAsking}
        onOpenChange={setIsAsking}
        title="Rotate vault key"
        subject={vault.name}
        description={`New data is sealed under version ${storageKey.version + 1}. Nothing is rewritten.`}
        reassurance="What is stored stays readable under its own version, for restores, replication and rescue alike."
        confirmLabel="Rotate key"
        onConfirm={() => rotate.send({ vaultId: vault.id })}
        isPending={rotate.isPending}
        error={rotate.error?.message}
      />
    </Panel>
  );
}

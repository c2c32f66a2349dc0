'use client';

import { TargetSelect } from '@/app/(console)/_components/policies/target-select';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Callout } from '@/components/ui/callout';
import { Switch } from '@/components/ui/switch';
import type { Vault } from '@/lib/vaults/schemas';
import type { PolicyDraft } from './draft';

interface ReplicationStepProps {
  draft: PolicyDraft;
  onChange: (part: Partial<PolicyDraft>) => void;
  /** The vaults that the policy is bound to. */
  vaults: Vault[];
  errors: Record<string, string>;
  isNew: boolean;
}

/** Whether the vaults are replicated, and where to: asked for each, because a target serves one vault only. */
export function ReplicationStep({ draft, onChange, vaults, errors, isNew }: ReplicationStepProps) {
  const refusal = useRefusal('replication.start');
  const missing = vaults.filter((vault) => !isActive(vault));
  const running = vaults.filter(isActive);
  const choose = (vaultId: string, targetVaultId: string) =>
    onChange({ targets: { ...draft.targets, [vaultId]: targetVaultId } });
  return (
    <div className="flex flex-col gap-5">
      <Switch
        label="Replicate the vaults of this policy"
        description="Keeps a second copy of everything in them, old points and new ones, in a replication target vault. The same as on the page of the vault; it is ended there too."
        checked={draft.replicates}
        onCheckedChange={(replicates) => onChange({ replicates })}
      />
      {draft.replicates && (
        <>
          {refusal && missing.length > 0 && <Callout kind="warning">{refusal}</Callout>}
          {vaults.length === 0 && (
            <Callout>
              {isNew
                ? 'Nothing is bound yet. You are asked for the target of each vault when you bind it.'
                : 'The policy is bound to no vault. You are asked for a target when you bind one.'}
            </Callout>
          )}
          {missing.length > 1 && (
            <Callout>
              A replication target vault takes the copies of one vault in its life, so each of these vaults
              needs one of its own.
            </Callout>
          )}
          {missing.map((vault) => (
            <TargetSelect
              key={vault.id}
              vault={vault}
              value={draft.targets[vault.id]}
              onChange={(target) => choose(vault.id, target)}
              taken={takenBy(draft.targets, missing, vault.id)}
              error={errors[`targets.${vault.id}`]}
            />
          ))}
          {running.map((vault) => (
            <Callout key={vault.id} kind="success">
              {vault.name} replicates to {vault.replication?.target.vaultName} already. Nothing changes for
              it.
            </Callout>
          ))}
        </>
      )}
    </div>
  );
}

export const isActive = (vault: Vault) => vault.replication?.state === 'active';

function takenBy(targets: Record<string, string>, vaults: Vault[], except: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(targets).flatMap(([vaultId, target]) => {
      const vault = vaults.find(({ id }) => id === vaultId);
      return vault && vaultId !== except ? [[target, vault.name]] : [];
    }),
  );
}

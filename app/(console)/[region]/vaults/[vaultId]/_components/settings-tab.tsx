'use client';

import { Lock, Trash2 } from 'lucide-react';
import { HelpLink } from '@/app/(console)/_components/help-link';
import { Button } from '@/components/ui/button';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { RelativeTime } from '@/components/ui/quantities';
import { EditVaultForm } from '../../_components/edit-vault-form';
import type { VaultTabProps } from './vault-detail';

export function SettingsTab({ vault, actions }: VaultTabProps) {
  const refusals = actions.refusalsOf(vault);
  const { show } = useFlash();
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <Panel title="Name and group">
        <EditVaultForm
          key={`${vault.name} ${vault.description} ${vault.resourceGroup.id}`}
          vault={vault}
          disabledReason={refusals.edit}
          onDone={(saved) => show({ kind: 'success', title: `Vault ${saved.name} is saved.` })}
          layout={(fields, submit) => (
            <div className="flex flex-col gap-4">
              {fields}
              <div className="flex justify-end">{submit}</div>
            </div>
          )}
        />
      </Panel>
      <Panel title="Lock">
        <Deed
          button={
            <Button
              icon={<Lock />}
              disabledReason={refusals.lock}
              onClick={() => actions.start('lock', vault)}
            >
              Lock vault
            </Button>
          }
        >
          {vault.lockedAt ? (
            <>
              Locked <RelativeTime at={vault.lockedAt} />. Its backup points stay until each one’s retention
              ends; nobody can take the lock off.
            </>
          ) : (
            'A locked vault keeps every backup point until its retention ends, whoever asks for its deletion. A lock is for ever.'
          )}
          <Reason text={vault.lockedAt ? null : refusals.lock} />
          <p className="mt-1">
            <HelpLink topic="lock" isInline />
          </p>
        </Deed>
      </Panel>
      <Panel title="Delete">
        <Deed
          button={
            <Button
              variant="danger-outline"
              icon={<Trash2 />}
              disabledReason={refusals.delete}
              onClick={() => actions.start('delete', vault)}
            >
              Delete vault
            </Button>
          }
        >
          Removes the vault with {plural(vault.pointCount, 'backup point')} and{' '}
          {formatBytes(vault.storedBytes)} of stored data, for ever.
          <Reason text={refusals.delete} />
        </Deed>
      </Panel>
    </div>
  );
}

function Deed({ button, children }: { button: React.ReactNode; children: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-72 text-muted">{children}</div>
      {button}
    </div>
  );
}

function Reason({ text }: { text: string | null }) {
  return text && <p className="mt-1 text-ink text-sm">Not possible now: {text}</p>;
}

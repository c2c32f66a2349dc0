'use client';

import { InvitationStatus } from '@/app/(console)/[region]/_components/shares/invitation-status';
import {
  KeyPermissionWords,
  PermissionWords,
} from '@/app/(console)/[region]/_components/shares/permission-words';
import {
  associationWords,
  holdings,
  keyName,
  PrincipalBadges,
  principalName,
} from '@/app/(console)/[region]/_components/shares/principal-words';
import { Field, FieldGroup } from '@/components/ui/field';
import { plural } from '@/components/ui/format';
import { Select } from '@/components/ui/select';
import { Status } from '@/components/ui/status';
import { regionName } from '@/lib/regions/schemas';
import type { ResourceShare } from '@/lib/resource-shares/schemas';

interface ExistingShareFieldsProps {
  shares: ResourceShare[];
  value: string | null;
  onValueChange: (shareId: string) => void;
  error?: string;
  /** What is to be added. */
  resource?: 'vault' | 'key';
}

/** Chooses a share and shows what it holds, so that nobody adds something for accounts they did not think of. */
export function ExistingShareFields(props: ExistingShareFieldsProps) {
  const { shares, value, onValueChange, error, resource = 'vault' } = props;
  const share = shares.find(({ id }) => id === value);
  return (
    <>
      <Field label="Resource share" error={error} isRequired>
        <Select
          value={value ?? ''}
          placeholder="Choose a resource share"
          onValueChange={onValueChange}
          options={shares.map(({ id, name, vaults, keys, principals }) => ({
            value: id,
            label: name,
            description: `${holdings({ vaultCount: vaults.length, keyCount: keys.length }) || 'Empty'} · ${plural(principals.length, 'principal')}`,
          }))}
        />
      </Field>
      {share && (
        <>
          <FieldGroup legend="Shared resources">
            <ul className="divide-y divide-line rounded-md border border-line">
              {share.vaults.length + share.keys.length === 0 && (
                <li className="px-3 py-2 text-muted">None yet.</li>
              )}
              {share.vaults.map((vault) => (
                <li key={vault.id} className="flex flex-wrap justify-between gap-x-3 px-3 py-2">
                  <span className="font-medium">{vault.name}</span>
                  <span className="text-muted">{regionName(vault.region)}</span>
                </li>
              ))}
              {share.keys.map((key) => (
                <li key={key.id} className="flex flex-wrap justify-between gap-x-3 px-3 py-2">
                  <span className="wrap-anywhere font-medium">{keyName(key)}</span>
                  <span className="text-muted">Key</span>
                </li>
              ))}
            </ul>
          </FieldGroup>
          <FieldGroup legend="Principals">
            <ul className="divide-y divide-line rounded-md border border-line">
              {share.principals.map((principal) => (
                <li key={principal.id} className="flex flex-wrap justify-between gap-x-3 px-3 py-2">
                  <span className="min-w-0">
                    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                      <span className="font-medium">{principalName(principal)}</span>
                      <PrincipalBadges type={principal.type} isExternal={principal.isExternal} />
                    </span>
                    <span className="break-all font-mono text-muted text-sm">{principal.id}</span>
                  </span>
                  {principal.isExternal ? (
                    <InvitationStatus status={principal.invitationStatus} expiresAt={principal.expiresAt} />
                  ) : (
                    <Status kind={associationWords[principal.status].kind}>
                      {associationWords[principal.status].word}
                    </Status>
                  )}
                </li>
              ))}
            </ul>
          </FieldGroup>
          <FieldGroup legend="Associated permission">
            {resource === 'key' ? <KeyPermissionWords /> : <PermissionWords name={share.permission} />}
          </FieldGroup>
        </>
      )}
    </>
  );
}

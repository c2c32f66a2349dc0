'use client';

import Link from 'next/link';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { sectionHref } from '@/components/console/navigation';
import { Button } from '@/components/ui/button';
import { FieldGroup } from '@/components/ui/field';
import { Time } from '@/components/ui/quantities';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { regionName } from '@/lib/regions/schemas';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { AddPrincipalForm } from '../../_components/shares/add-principal-form';
import { PermissionWords } from '../../_components/shares/permission-words';
import { PrincipalList } from '../../_components/shares/principal-list';

interface SharePanelProps {
  share: ResourceShare;
  onClose: () => void;
  onDelete: () => void;
}

/** One share: what it holds, who may use it, and what they may do. */
export function SharePanel({ share, onClose, onDelete }: SharePanelProps) {
  const refusal = useRefusal('shares.manage');
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={share.name}
      description={
        <>
          Created <Time at={share.createdAt} />
        </>
      }
    >
      <PanelBody>
        <FieldGroup legend="Principals">
          <PrincipalList share={share} />
        </FieldGroup>
        <FieldGroup legend="Add principal">
          <AddPrincipalForm share={share} />
        </FieldGroup>
        <FieldGroup legend="Shared vaults">
          <ul className="divide-y divide-line rounded-md border border-line">
            {share.vaults.map((vault) => (
              <li key={vault.id} className="flex flex-wrap justify-between gap-x-3 px-3 py-2">
                <Link
                  href={`${sectionHref(vault.region, 'vaults')}/${vault.id}?tab=sharing`}
                  className="link"
                >
                  {vault.name}
                </Link>
                <span className="text-muted">{regionName(vault.region)}</span>
              </li>
            ))}
            {share.vaults.length === 0 && <li className="px-3 py-2 text-muted">None.</li>}
          </ul>
        </FieldGroup>
        {share.activeReplications.length > 0 && (
          <FieldGroup legend="Running replications">
            <ul className="divide-y divide-line rounded-md border border-line">
              {share.activeReplications.map((replication) => (
                <li key={replication.id} className="px-3 py-2">
                  <span className="text-source">
                    {replication.sourceVaultName} of {replication.sourceAccountName}
                  </span>{' '}
                  to <span className="text-target">{replication.targetVaultName}</span>
                </li>
              ))}
            </ul>
          </FieldGroup>
        )}
        <FieldGroup legend="Associated permission">
          <PermissionWords name={share.permission} />
        </FieldGroup>
      </PanelBody>
      <PanelFooter>
        <Button variant="danger-outline" disabledReason={refusal} onClick={onDelete}>
          Delete resource share
        </Button>
        <Button onClick={onClose}>Close</Button>
      </PanelFooter>
    </SidePanel>
  );
}

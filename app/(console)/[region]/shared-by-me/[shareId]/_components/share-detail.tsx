'use client';

import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DetailLayout } from '@/components/console/detail-layout';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { Id } from '@/components/ui/copyable';
import { Panel } from '@/components/ui/panel';
import { Time } from '@/components/ui/quantities';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { AddPrincipalForm } from '../../../_components/shares/add-principal-form';
import { DeleteShareDialog } from '../../../_components/shares/delete-share-dialog';
import { KeyPermissionWords, PermissionWords } from '../../../_components/shares/permission-words';
import { PrincipalList } from '../../../_components/shares/principal-list';
import { RenameSharePanel } from '../../_components/rename-share-panel';
import { ShareState } from '../../_components/share-columns';
import { ResourcesTab } from './resources-tab';

const scopeWords = { any_account: 'Any account', directory_only: 'Only within the resource directory' };

export function ShareDetail({ region, share }: { region: string; share: ResourceShare }) {
  const [asked, setAsked] = useState<'rename' | 'delete' | null>(null);
  const role = useRefusal('shares.manage', 'stop');
  const refusal = role ?? (share.status === 'active' ? null : 'This share was deleted.');
  const principals = (
    <Panel title="Principals" description="Which accounts may use what this share holds.">
      <div className="flex flex-col gap-5">
        <PrincipalList share={share} />
        {share.status === 'active' && (
          <section aria-label="Add principal">
            <h3 className="mb-2 font-semibold">Add principal</h3>
            <AddPrincipalForm share={share} />
          </section>
        )}
      </div>
    </Panel>
  );
  const permission = (
    <Panel
      title="Associated permissions"
      description="There is one for replication target vaults and one for keys, and they cannot be changed."
    >
      <div className="flex flex-col gap-3">
        <PermissionWords name={share.permission} />
        <KeyPermissionWords />
      </div>
    </Panel>
  );
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'Shared by me', href: sectionHref(region, 'shared-by-me') },
          { label: share.name },
        ]}
        title={share.name}
        actions={
          <>
            <Button icon={<Pencil />} disabledReason={refusal} onClick={() => setAsked('rename')}>
              Rename
            </Button>
            <Button
              variant="danger-outline"
              icon={<Trash2 />}
              disabledReason={refusal}
              onClick={() => setAsked('delete')}
            >
              Delete resource share
            </Button>
          </>
        }
      />
      <DetailLayout
        summary={[
          { label: 'Id', value: <Id value={share.id} /> },
          { label: 'State', value: <ShareState share={share} /> },
          { label: 'Principal scope', value: scopeWords[share.principalScope] },
          { label: 'Created', value: <Time at={share.createdAt} /> },
        ]}
        tabs={[
          {
            value: 'resources',
            label: 'Resources',
            count: share.vaults.length + share.keys.length,
            content: <ResourcesTab share={share} refusal={refusal} />,
          },
          { value: 'principals', label: 'Principals', count: share.principals.length, content: principals },
          { value: 'permission', label: 'Permissions', content: permission },
        ]}
      />
      {asked === 'rename' && <RenameSharePanel share={share} onClose={() => setAsked(null)} />}
      {asked === 'delete' && <DeleteShareDialog share={share} onClose={() => setAsked(null)} />}
    </>
  );
}

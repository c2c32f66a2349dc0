'use client';

import { useQuery } from '@tanstack/react-query';
import { Ban, FileJson, KeySquare, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { buttonStyles } from '@/components/ui/button-styles';
import { EmptyState } from '@/components/ui/empty-state';
import { useNow } from '@/components/ui/use-now';
import { accessKeysQuery } from '@/lib/accounts/query';
import type { AccessKey } from '@/lib/accounts/schemas';
import { accessKeyColumns, stateOf } from './access-key-columns';
import { CreateAccessKeyPanel } from './create-access-key-panel';
import { RevokeAccessKeyDialog } from './revoke-access-key-dialog';

export const openApiPath = '/api/v1/openapi.json';

export function AccessKeysPage() {
  const hidden = useRefusal('access_keys.manage', 'read');
  const refusal = useRefusal('access_keys.manage');
  const keys = useQuery({ ...accessKeysQuery(), enabled: hidden === null });
  const [isCreating, setIsCreating] = useState(false);
  const [revoked, setRevoked] = useState<AccessKey | null>(null);
  const minute = useNow(60_000)?.getTime() ?? 0;
  const now = useMemo(() => new Date(minute), [minute]);
  const columns = useMemo(() => accessKeyColumns(now), [now]);
  const create = (
    <Button variant="primary" icon={<Plus />} disabledReason={refusal} onClick={() => setIsCreating(true)}>
      Create access key
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Access keys"
        description="Let programs use the API in your name, with your role."
        actions={
          <>
            <a href={openApiPath} target="_blank" rel="noreferrer" className={buttonStyles()}>
              <FileJson aria-hidden />
              API description
            </a>
            {create}
          </>
        }
      />
      {hidden ? (
        <section className="panel">
          <EmptyState icon={<KeySquare />} title="Access keys are not shown">
            {hidden}
          </EmptyState>
        </section>
      ) : (
        <DataTable<AccessKey>
          id="access-keys"
          title="Access keys"
          noun="access keys"
          columns={columns}
          rows={keys.data?.items}
          getRowId={(key) => key.id}
          getRowName={(key) => key.name}
          error={keys.error?.message}
          onRetry={() => void keys.refetch()}
          defaultSort={{ columnId: 'created', isDescending: true }}
          searchPlaceholder="Find by name, user or id"
          rowActions={(key) => [
            {
              label: 'Revoke access key',
              icon: <Ban />,
              isDanger: true,
              disabledReason: stateOf(key, now) === 'revoked' ? 'This key was revoked.' : null,
              onSelect: () => setRevoked(key),
            },
          ]}
          empty={{
            icon: <KeySquare />,
            title: 'No access keys yet',
            description:
              'A program sends its access key with each call of the API. Everything this console does can be done there.',
            action: create,
          }}
        />
      )}
      {isCreating && <CreateAccessKeyPanel onClose={() => setIsCreating(false)} />}
      {revoked && <RevokeAccessKeyDialog accessKey={revoked} onClose={() => setRevoked(null)} />}
    </>
  );
}

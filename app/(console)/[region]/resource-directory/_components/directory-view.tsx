'use client';

import { useQuery } from '@tanstack/react-query';
import { FolderPlus, UserPlus, UserRoundPlus } from 'lucide-react';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Id } from '@/components/ui/copyable';
import { Panel } from '@/components/ui/panel';
import { Time } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import { Summary } from '@/components/ui/summary';
import { Tabs } from '@/components/ui/tabs';
import { sentDirectoryInvitationsQuery } from '@/lib/directory/query';
import { maximumDepth } from '@/lib/directory/rules';
import type { Directory } from '@/lib/directory/schemas';
import { DirectoryTree } from './directory-tree';
import { EnableSharing } from './enable-sharing';
import { SentInvitations } from './sent-invitations';
import { useDirectoryPanels } from './use-directory-panels';

/** The directory as its management account arranges it, or as a member reads it. */
export function DirectoryView({ directory }: { directory: Directory }) {
  const isManagement = directory.role === 'management';
  const [tab, setTab] = useQueryState(
    'tab',
    parseAsStringLiteral(['tree', 'invitations']).withDefault('tree'),
  );
  const sent = useQuery({ ...sentDirectoryInvitationsQuery(), enabled: isManagement });
  const panels = useDirectoryPanels(directory);
  const role = useRefusal('directory.manage');
  const refusal = isManagement
    ? role
    : `Only the management account, ${directory.management.name}, changes the directory.`;
  const tree = (
    <Panel
      isFlush
      title="Folders and members"
      description={`Folders nest ${maximumDepth} levels deep. An account is in one folder, and in one directory.`}
      actions={
        <span className="flex flex-wrap gap-2">
          <Button
            size="sm"
            icon={<FolderPlus />}
            disabledReason={refusal}
            onClick={() => panels.open({ kind: 'create-folder', parentId: directory.rootFolderId })}
          >
            Create folder
          </Button>
          <Button
            size="sm"
            icon={<UserRoundPlus />}
            disabledReason={refusal}
            onClick={() => panels.open({ kind: 'create-member', folderId: directory.rootFolderId })}
          >
            Create account
          </Button>
          <Button
            size="sm"
            variant="primary"
            icon={<UserPlus />}
            disabledReason={refusal}
            onClick={() => panels.open({ kind: 'invite', folderId: directory.rootFolderId })}
          >
            Invite account
          </Button>
        </span>
      }
    >
      <DirectoryTree directory={directory} refusal={refusal} onOpen={panels.open} />
    </Panel>
  );
  return (
    <>
      <section aria-label="Summary" className="panel p-4">
        <Summary items={summarise(directory)} />
      </section>
      {directory.sharingEnabledAt === null && <EnableSharing directory={directory} />}
      {isManagement ? (
        <Tabs
          label="Resource directory"
          value={tab}
          onValueChange={(value) => void setTab(value as typeof tab)}
          tabs={[
            { value: 'tree', label: 'Folders and members', count: directory.members.length, content: tree },
            {
              value: 'invitations',
              label: 'Invitations',
              count: sent.data?.items.length,
              content: <SentInvitations directory={directory} query={sent} />,
            },
          ]}
        />
      ) : (
        tree
      )}
      {isManagement && (
        <div>
          <Button
            variant="danger-outline"
            disabledReason={refusal}
            onClick={() => panels.open({ kind: 'disable' })}
          >
            Disable resource directory
          </Button>
        </div>
      )}
      {panels.element}
    </>
  );
}

function summarise(directory: Directory) {
  return [
    { label: 'Directory id', value: <Id value={directory.id} /> },
    {
      label: 'Management account',
      value: (
        <>
          <span className="block font-medium">
            {directory.management.name}
            {directory.role === 'management' && ' (this account)'}
          </span>
          <Id value={directory.management.accountId} cut="whole" />
        </>
      ),
    },
    {
      label: 'Sharing with the directory',
      value: directory.sharingEnabledAt ? (
        <Status kind="success" detail={<Time at={directory.sharingEnabledAt} />}>
          Enabled
        </Status>
      ) : (
        <Status kind="off">Not enabled</Status>
      ),
    },
    { label: 'Created', value: <Time at={directory.createdAt} /> },
  ];
}

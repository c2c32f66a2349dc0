'use client';

import { CalendarClock, FolderPen, Play, Power, Unlink } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { DataTable } from '@/components/console/data-table/data-table';
import type { MenuAction } from '@/components/ui/menu';
import type { PolicyBinding } from '@/lib/policies/schemas';
import { useRefusals } from '../use-refusal';
import { type BindingColumn, bindingColumns } from './binding-columns';
import { EditBindingPanel } from './edit-binding-panel';
import { UnbindDialog } from './unbind-dialog';
import { useBindingActions } from './use-binding-actions';

interface BindingsTableProps {
  id: string;
  region: string;
  bindings: PolicyBinding[] | undefined;
  error?: string;
  onRetry: () => void;
  /** A column that would say the same in every row. */
  hiddenColumn: BindingColumn;
  empty: { title: string; description: string; action?: ReactNode };
  actions?: ReactNode;
  urlPrefix?: string;
}

/** What policies are bound to: what runs next, what ran last, and what can be done with each. */
export function BindingsTable(props: BindingsTableProps) {
  const { id, region, bindings, hiddenColumn } = props;
  const [edited, setEdited] = useState<PolicyBinding | null>(null);
  const [unbound, setUnbound] = useState<PolicyBinding | null>(null);
  const refuse = useRefusals();
  const run = useBindingActions(region);
  const columns = useMemo(() => bindingColumns(region, hiddenColumn), [region, hiddenColumn]);
  const menu = (binding: PolicyBinding): MenuAction[] => [
    {
      label: 'Run now',
      icon: <Play />,
      disabledReason: refuse('backup.run') ?? runRefusal(binding),
      onSelect: () => run.start(binding),
    },
    {
      label: binding.isEnabled ? 'Switch off' : 'Switch on',
      icon: <Power />,
      disabledReason: refuse('policies.manage'),
      onSelect: () => run.toggle(binding),
    },
    {
      label: 'Edit folders',
      icon: <FolderPen />,
      disabledReason: refuse('policies.manage'),
      onSelect: () => setEdited(binding),
    },
    {
      label: 'Take out of the policy',
      icon: <Unlink />,
      isDanger: true,
      startsGroup: true,
      disabledReason: refuse('policies.manage'),
      onSelect: () => setUnbound(binding),
    },
  ];
  return (
    <>
      <DataTable<PolicyBinding>
        id={id}
        title="Bindings"
        noun="bindings"
        columns={columns}
        rows={bindings}
        getRowId={(binding) => binding.id}
        getRowName={({ source, vault }) => `${source.name} into ${vault.name}`}
        error={props.error}
        onRetry={props.onRetry}
        actions={props.actions}
        urlPrefix={props.urlPrefix}
        searchPlaceholder="Find by data source, vault or folder"
        rowActions={menu}
        empty={{ icon: <CalendarClock />, ...props.empty }}
      />
      {edited && <EditBindingPanel binding={edited} onClose={() => setEdited(null)} />}
      {unbound && <UnbindDialog binding={unbound} onClose={() => setUnbound(null)} />}
    </>
  );
}

function runRefusal({ lastRun, client }: PolicyBinding): string | null {
  if (client.status === 'revoked') return `The client ${client.name} was revoked.`;
  return lastRun?.state === 'open' ? 'The run before it has not ended.' : null;
}

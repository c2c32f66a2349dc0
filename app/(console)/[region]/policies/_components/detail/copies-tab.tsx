'use client';

import { useQuery } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useState } from 'react';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { RelativeTime } from '@/components/ui/quantities';
import { SkeletonText } from '@/components/ui/skeleton';
import { backupCopiesQuery, copyRulesQuery } from '@/lib/backup-copies/query';
import type { BackupCopy, BackupCopyRule } from '@/lib/backup-copies/schemas';
import type { Policy } from '@/lib/policies/schemas';
import { regionName } from '@/lib/regions/schemas';
import { copyColumns } from './copy-columns';
import { CopyRulePanel } from './copy-rule-panel';
import { EndCopyingDialog } from './end-copying-dialog';

/** Into which vaults of other regions the policy copies its backups of servers and disks, and how far the copies are. */
export function CopiesTab({ policy, region }: { policy: Policy; region: string }) {
  const refuse = useRefusals();
  const [opened, setOpened] = useState<'add' | BackupCopyRule | null>(null);
  const rules = useQuery(copyRulesQuery(policy.id));
  const copies = useQuery(backupCopiesQuery());
  const vaultIds = rules.data?.items.map(({ vault }) => vault.id) ?? [];
  const refusal = refuse('policies.manage');
  const add = (
    <Button icon={<Copy />} disabledReason={refusal} onClick={() => setOpened('add')}>
      Copy into another region
    </Button>
  );
  return (
    <div className="flex flex-col gap-4">
      <Panel
        title="Copied into"
        description="Each backup of a server or disk that this policy makes goes into these vaults too."
        actions={add}
      >
        {rules.data ? (
          <RuleList rules={rules.data.items} refusal={refusal} onEnd={setOpened} />
        ) : (
          <SkeletonText lines={2} />
        )}
      </Panel>
      <DataTable<BackupCopy>
        id="policy-copies"
        title="Copies"
        noun="copies"
        columns={copyColumns(region)}
        rows={copies.data?.items.filter(({ vault }) => vaultIds.includes(vault.id))}
        getRowId={(copy) => copy.id}
        getRowName={(copy) => `${copy.backupName} in ${copy.vault.name}`}
        error={copies.error?.message}
        onRetry={() => void copies.refetch()}
        urlPrefix="copies_"
        empty={{
          icon: <Copy />,
          title: 'Nothing was copied yet',
          description: 'The next backup of a server or disk by this policy is copied into the vaults above.',
        }}
      />
      {opened === 'add' && <CopyRulePanel policy={policy} taken={vaultIds} onClose={() => setOpened(null)} />}
      {opened !== null && opened !== 'add' && (
        <EndCopyingDialog rule={opened} onClose={() => setOpened(null)} />
      )}
    </div>
  );
}

interface RuleListProps {
  rules: BackupCopyRule[];
  refusal: string | null;
  onEnd: (rule: BackupCopyRule) => void;
}

function RuleList({ rules, refusal, onEnd }: RuleListProps) {
  if (rules.length === 0)
    return <p className="text-muted">Nothing is copied. The backups stay in the region of their vault.</p>;
  return (
    <ul className="flex flex-col gap-3">
      {rules.map((rule) => (
        <li key={rule.id} className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <span className="min-w-48 flex-1">
            <span className="block font-medium">{rule.vault.name}</span>
            <span className="text-muted text-sm">
              {regionName(rule.vault.region)}, by {rule.createdBy} <RelativeTime at={rule.createdAt} />
            </span>
          </span>
          <Button size="sm" disabledReason={refusal} onClick={() => onEnd(rule)}>
            End copying
          </Button>
        </li>
      ))}
    </ul>
  );
}

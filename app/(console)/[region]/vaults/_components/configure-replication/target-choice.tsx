'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { CopyButton } from '@/components/ui/copyable';
import { ErrorState } from '@/components/ui/error-state';
import { FieldGroup } from '@/components/ui/field';
import { plural } from '@/components/ui/format';
import { RadioCards } from '@/components/ui/radio-cards';
import { SkeletonText } from '@/components/ui/skeleton';
import { meQuery } from '@/lib/accounts/query';
import { regionName } from '@/lib/regions/schemas';
import { remedyFor } from '@/lib/replication/remedies';
import type { ReplicationTarget } from '@/lib/replication/schemas';
import { invitationsQuery } from '@/lib/resource-shares/query';
import type { Vault } from '@/lib/vaults/schemas';
import { encryptionWords } from '../vault-words';

/** Invitations that wait for an answer may hold the target that is missing here. */
function PendingInvitations({ source }: { source: Vault }) {
  const invitations = useQuery(invitationsQuery()).data?.items ?? [];
  const pending = invitations.filter(({ status }) => status === 'pending').length;
  if (pending === 0) return null;
  return (
    <p className="mt-2 text-sm">
      {plural(pending, 'invitation')} to targets of other accounts {pending === 1 ? 'waits' : 'wait'} for your
      answer.{' '}
      <Link href={sectionHref(source.region, 'shared-with-me')} className="link underline">
        Open the invitations
      </Link>
    </p>
  );
}

interface TargetChoiceProps {
  query: UseQueryResult<unknown>;
  /** Those of the chosen region. */
  targets: ReplicationTarget[];
  value: string | null;
  onValueChange: (vaultId: string) => void;
  source: Vault;
}

export function TargetChoice({ query, targets, value, onValueChange, source }: TargetChoiceProps) {
  return (
    <FieldGroup
      legend="Target vault"
      hint="Replication target vaults that are shared with this account, and its own."
    >
      {query.error && !query.data ? (
        <ErrorState onRetry={() => void query.refetch()} isRetrying={query.isFetching}>
          {query.error.message}
        </ErrorState>
      ) : query.isPending ? (
        <SkeletonText />
      ) : targets.length === 0 ? (
        <NoTargets source={source} />
      ) : (
        <RadioCards
          label="Target vault"
          value={value ?? ''}
          onValueChange={onValueChange}
          options={targets.map((target) => ({
            value: target.vaultId,
            label: target.vaultName,
            description: `${target.isOwn ? 'This account' : `${target.ownerName} · ${target.ownerAccountId}`} · ${encryptionWords[target.encryption]}`,
            aside: target.isOwn ? <Badge>Own</Badge> : <Badge tone="target">Shared</Badge>,
            disabledReason: target.eligible
              ? null
              : `${target.isOwn ? 'This account' : target.ownerName}. ${target.explanation}`,
            remedy: target.reason && remedyFor(target.reason, { source, target }),
          }))}
        />
      )}
      <PendingInvitations source={source} />
    </FieldGroup>
  );
}

/** How a target comes to be, for the one who has none: it is made elsewhere. */
function NoTargets({ source }: { source: Vault }) {
  const account = useQuery(meQuery()).data?.account;
  return (
    <div className="rounded-md border border-line border-dashed px-4 py-3">
      <p className="font-medium">No target vault in this region</p>
      <ol className="mt-1.5 list-decimal space-y-1 pl-5 text-muted">
        <li>
          In the destination account, create a replication target vault with{' '}
          {encryptionWords[source.encryption].toLowerCase()} encryption, in a region of its choice.
        </li>
        <li>
          There, add it to a resource share for this account
          {account && (
            <>
              , UID <span className="whitespace-nowrap font-mono text-ink">{account.id}</span>{' '}
              <CopyButton text={account.id} label="Copy account UID" />
            </>
          )}
        </li>
        <li>
          Accept the invitation under{' '}
          <Link href={sectionHref(source.region, 'shared-with-me')} className="link underline">
            Shared with me
          </Link>
          .
        </li>
      </ol>
      <p className="mt-1.5 text-muted text-sm">
        A second copy in this account needs a target vault in another region than {regionName(source.region)}.
      </p>
    </div>
  );
}

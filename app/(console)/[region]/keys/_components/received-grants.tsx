'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import { keyName } from '@/app/(console)/[region]/_components/shares/principal-words';
import { sectionHref } from '@/components/console/navigation';
import { Panel } from '@/components/ui/panel';
import { keyGrantsQuery } from '@/lib/key-grants/query';
import { receivedSharesQuery } from '@/lib/resource-shares/query';
import { KeyGrantList } from './key-grant-list';

/** Keys of other accounts that this one may have opened for it, by a grant or by a resource share. */
export function ReceivedGrants() {
  const { region } = useParams<{ region: string }>();
  const grants = useQuery(keyGrantsQuery({ direction: 'received' }));
  const shares = useQuery(receivedSharesQuery()).data?.items.filter(({ keys }) => keys.length > 0) ?? [];
  return (
    <Panel
      title="Keys shared with this account"
      description="The engine opens backups with them that were shared with this account, while it copies them. They can be used for nothing else."
    >
      <KeyGrantList
        grants={grants.data?.items}
        error={grants.error?.message}
        nameOf={({ owner, grantee }) => ({ ...owner, projectId: grantee.projectId })}
        empty="No account shares a key with this one. An encrypted backup can be accepted once its owner shares the key."
        onRetired={() => void grants.refetch()}
      />
      {shares.length > 0 && (
        <section aria-label="Keys by resource shares" className="mt-5">
          <h3 className="mb-2 font-semibold">By resource shares</h3>
          <ul className="divide-y divide-line rounded-md border border-line">
            {shares.flatMap((share) =>
              share.keys.map((key) => (
                <li
                  key={`${share.id}/${key.id}`}
                  className="flex flex-wrap justify-between gap-x-4 px-3 py-2"
                >
                  <span className="wrap-anywhere font-medium">{keyName(key)}</span>
                  <span className="text-muted">
                    {share.owner.name}, by{' '}
                    <Link className="link" href={sectionHref(region, 'shared-with-me')}>
                      {share.name}
                    </Link>
                  </span>
                </li>
              )),
            )}
          </ul>
        </section>
      )}
    </Panel>
  );
}

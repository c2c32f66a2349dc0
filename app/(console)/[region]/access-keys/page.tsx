import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listAccessKeys } from '@/lib/accounts';
import { accessKeysQuery } from '@/lib/accounts/query';
import { AccessKeysPage } from './_components/access-keys-page';

export const metadata: Metadata = { title: 'Access keys' };

export default function Page() {
  const { queryKey } = accessKeysQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listAccessKeys(ctx, {}) }]}>
      <AccessKeysPage />
    </Prefetched>
  );
}

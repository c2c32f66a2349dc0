import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listKeys } from '@/lib/keys';
import { keysQuery } from '@/lib/keys/query';
import { KeysPage } from './_components/keys-page';

export const metadata: Metadata = { title: 'Keys' };

export default function Page() {
  const { queryKey } = keysQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listKeys(ctx, {}) }]}>
      <KeysPage />
    </Prefetched>
  );
}

import type { Metadata } from 'next';
import { AccessKeysPage } from './_components/access-keys-page';

export const metadata: Metadata = { title: 'Access keys' };

export default function Page() {
  return <AccessKeysPage />;
}

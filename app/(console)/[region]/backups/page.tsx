import type { Metadata } from 'next';
import { BackupsPage } from './_components/backups-page';

export const metadata: Metadata = { title: 'Server and disk backups' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return <BackupsPage region={region} />;
}

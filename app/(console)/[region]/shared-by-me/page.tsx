import type { Metadata } from 'next';
import { SharedByMePage } from './_components/shared-by-me-page';

export const metadata: Metadata = { title: 'Shared by me' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return <SharedByMePage region={region} />;
}

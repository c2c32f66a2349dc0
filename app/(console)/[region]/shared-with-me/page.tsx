import type { Metadata } from 'next';
import { SharedWithMePage } from './_components/shared-with-me-page';

export const metadata: Metadata = { title: 'Shared with me' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return <SharedWithMePage region={region} />;
}

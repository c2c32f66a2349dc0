import type { Metadata } from 'next';
import { Overview } from './_components/overview/overview';

export const metadata: Metadata = { title: 'Overview' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return <Overview region={region} />;
}

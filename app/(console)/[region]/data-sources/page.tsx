import type { Metadata } from 'next';
import { DataSourcesPage } from './_components/data-sources-page';

export const metadata: Metadata = { title: 'Data sources' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return <DataSourcesPage region={region} />;
}

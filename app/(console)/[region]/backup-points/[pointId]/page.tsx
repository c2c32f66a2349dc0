import type { Metadata } from 'next';
import { PointPage } from '../_components/point-page';

export const metadata: Metadata = { title: 'Backup point' };

interface PageProps {
  params: Promise<{ region: string; pointId: string }>;
}

export default async function Page({ params }: PageProps) {
  const { region, pointId } = await params;
  return <PointPage region={region} pointId={pointId} />;
}

import type { Metadata } from 'next';
import { RestorePage } from './_components/restore-page';

export const metadata: Metadata = { title: 'Restore' };

interface PageProps {
  params: Promise<{ region: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** `?vault=…&point=…` answer the first steps, so that other pages can lead here. */
export default async function Page({ params, searchParams }: PageProps) {
  const { region } = await params;
  const { vault, point } = await searchParams;
  const textOf = (value: string | string[] | undefined) =>
    typeof value === 'string' && value ? value : null;
  return (
    <RestorePage
      key={`${textOf(vault)}:${textOf(point)}`}
      region={region}
      vaultId={textOf(vault)}
      pointId={textOf(point)}
    />
  );
}

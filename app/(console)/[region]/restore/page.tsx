import type { Metadata } from 'next';
import { RestorePage } from './_components/restore-page';

export const metadata: Metadata = { title: 'Restore' };

interface PageProps {
  params: Promise<{ region: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** `?kind=…&vault=…&point=…` answer the first steps, so that other pages can lead here; `step` is where the reader was. */
export default async function Page({ params, searchParams }: PageProps) {
  const { region } = await params;
  const { kind, vault, point, step } = await searchParams;
  const textOf = (value: string | string[] | undefined) =>
    typeof value === 'string' && value ? value : null;
  return (
    <RestorePage
      key={`${textOf(kind)}:${textOf(vault)}:${textOf(point)}`}
      region={region}
      kind={textOf(kind)}
      vaultId={textOf(vault)}
      pointId={textOf(point)}
      step={textOf(step)}
    />
  );
}

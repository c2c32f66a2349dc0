'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleDashed, MonitorOff } from 'lucide-react';
import { sectionHref } from '@/components/console/navigation';
import { ButtonLink } from '@/components/ui/button';
import { ErrorState } from '@/components/ui/error-state';
import { plural } from '@/components/ui/format';
import { RelativeTime } from '@/components/ui/quantities';
import { type RadioCard, RadioCards } from '@/components/ui/radio-cards';
import { SkeletonText } from '@/components/ui/skeleton';
import { regionName } from '@/lib/regions/schemas';
import { restoreDestinationsQuery, restoreKindsQuery } from '@/lib/restores/query';
import type { RestoreKind } from '@/lib/restores/schemas';
import { isWizardKind, kindUis, type WizardKind } from './kinds';

interface KindStepProps {
  region: string;
  value: WizardKind | null;
  onChange: (kind: WizardKind) => void;
}

/** What is restored, and what has to stand ready for it. */
export function KindStep({ region, value, onChange }: KindStepProps) {
  const kinds = useQuery(restoreKindsQuery());
  const items = kinds.data?.items;
  if (!items) {
    return kinds.error ? (
      <ErrorState onRetry={() => void kinds.refetch()}>{kinds.error.message}</ErrorState>
    ) : (
      <SkeletonText lines={6} />
    );
  }
  const options = Object.keys(kindUis).filter(isWizardKind);
  return (
    <div className="flex flex-col gap-5">
      <RadioCards
        label="Data source"
        columns={2}
        value={value ?? ''}
        onValueChange={(kind) => isWizardKind(kind) && onChange(kind)}
        options={[
          ...options.map((kind) =>
            toCard(
              kind,
              items.find((item) => item.kind === kind),
            ),
          ),
          {
            value: 'vmware',
            label: (
              <span className="flex items-center gap-2">
                <MonitorOff className="size-4 shrink-0 text-muted" aria-hidden /> VMware virtual machines
              </span>
            ),
            disabledReason: items.find(({ kind }) => kind === 'vmware')?.explanation,
          },
        ]}
      />
      {value && <Preparation region={region} kind={value} />}
    </div>
  );
}

function toCard(kind: WizardKind, found: RestoreKind | undefined): RadioCard {
  const { title, description, icon: Icon } = kindUis[kind];
  const points = found?.vaults.reduce((sum, vault) => sum + vault.pointCount, 0) ?? 0;
  const newest = found?.vaults
    .map(({ newestAt }) => newestAt ?? '')
    .sort()
    .at(-1);
  return {
    value: kind,
    label: (
      <span className="flex items-center gap-2">
        <Icon className="size-4 shrink-0 text-muted" aria-hidden /> {title}
      </span>
    ),
    description: (
      <>
        {description}
        {points > 0 && (
          <span className="block">
            {plural(points, 'point')} in {plural(found?.vaults.length ?? 0, 'vault')}
            {newest && (
              <>
                , newest <RelativeTime at={newest} />
              </>
            )}
          </span>
        )}
      </>
    ),
    disabledReason: found?.isRestorable === false ? found.explanation : null,
  };
}

/** What is needed for this kind, and what of it is there already. */
function Preparation({ region, kind }: { region: string; kind: WizardKind }) {
  const { needs, place, register } = kindUis[kind];
  const places = useQuery(restoreDestinationsQuery({ kind })).data?.items;
  const usable = places?.filter(({ eligible }) => eligible) ?? [];
  const online = usable.filter(({ isOnline }) => isOnline);
  return (
    <section aria-label="Prepare the destination" className="rounded-md border border-line bg-sunken p-4">
      <h3 className="font-semibold">Prepare the destination</h3>
      <ol className="mt-2 flex list-decimal flex-col gap-2 pl-5">
        {needs.map(({ title, how }) => (
          <li key={title}>
            <span className="font-medium">{title}</span>
            <span className="block text-muted text-sm">{how}</span>
          </li>
        ))}
      </ol>
      <div className="mt-3 flex flex-wrap items-center justify-between gap-3 border-line border-t pt-3">
        <p role="status" className="flex min-w-0 flex-1 basis-64 items-start gap-2">
          {online.length > 0 ? (
            <CircleCheck className="mt-0.5 size-4 shrink-0 text-success" aria-hidden />
          ) : (
            <CircleDashed className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
          )}
          <span>{places ? inWords(place, usable.length, online) : 'Looking for what is there already…'}</span>
        </p>
        <ButtonLink
          size="sm"
          target="_blank"
          href={`${sectionHref(region, register.section)}?${register.search}`}
        >
          {register.label}
        </ButtonLink>
      </div>
    </section>
  );
}

function inWords(place: string, usable: number, online: { name: string; region: string }[]): string {
  if (usable === 0) return `This account has not registered ${place} yet. You can go on and come back to it.`;
  if (online.length === 0) return `${capital(place)} is there, and none of them can be reached now.`;
  const shown = online.slice(0, 3).map(({ name, region }) => `${name} in ${regionName(region)}`);
  const rest = online.length - shown.length;
  return `Ready: ${shown.join(', ')}${rest > 0 ? ` and ${plural(rest, 'other')}` : ''}.`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

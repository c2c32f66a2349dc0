import { TriangleAlert } from 'lucide-react';
import { cn } from '@/components/ui/class-names';
import { type AccountState, describeState } from '@/lib/account-states';

/** What the state of the account stops and what goes on; above every page while the account is not active. */
export function AccountBanner({ state }: { state: AccountState }) {
  if (state === 'active') return null;
  const { title, stopped, goesOn, wayOut } = describeState(state);
  const look = state === 'overdue' ? 'border-warning/40 bg-warning-soft' : 'border-danger/40 bg-danger-soft';
  return (
    <section aria-label="State of the account" className={cn('mb-4 rounded-md border px-4 py-3', look)}>
      <p className="flex items-center gap-2 font-semibold">
        <TriangleAlert
          className={cn('size-4 shrink-0', state === 'overdue' ? 'text-warning' : 'text-danger')}
          aria-hidden
        />
        {title}
      </p>
      <dl className="mt-1.5 grid gap-x-4 gap-y-1 sm:grid-cols-[auto_1fr]">
        <dt className="font-medium">Stopped</dt>
        <dd>{stopped}</dd>
        <dt className="font-medium">Goes on</dt>
        <dd>{goesOn}</dd>
        <dt className="font-medium">Way out</dt>
        <dd>{wayOut}</dd>
      </dl>
    </section>
  );
}

'use client';

import { Amount } from '@/components/console/amount';
import { Panel } from '@/components/ui/panel';
import { Time } from '@/components/ui/quantities';
import { Summary } from '@/components/ui/summary';
import type { Statement } from '@/lib/billing/statement-schemas';
import { sumByGroup } from '@/lib/billing/sum-lines';
import { DayChart } from './day-chart';
import { formatMonth } from './month-words';

/** The month in figures and day by day. */
export function BillingLead({ statement }: { statement: Statement }) {
  const { currency, totalMicros, forecastMicros, measuredUntil, isComplete, month } = statement;
  const { groupMicros } = sumByGroup(statement.lines);
  const amount = (amountMicros: number) => <Amount amountMicros={amountMicros} currency={currency} />;
  return (
    <Panel
      className="mb-4"
      title={formatMonth(month)}
      description={
        isComplete ? (
          'The whole month. Months, days and hours are those of UTC.'
        ) : (
          <>
            Counted until <Time at={measuredUntil} />. Months, days and hours are those of UTC.
          </>
        )
      }
    >
      <div className="grid gap-6 lg:grid-cols-[minmax(16rem,1fr)_2fr]">
        <div className="flex flex-col gap-4">
          <div>
            <p className="text-muted text-sm">{isComplete ? 'Total' : 'So far'}</p>
            <p className="font-semibold text-2xl tracking-[-0.01em]">{amount(totalMicros)}</p>
            {forecastMicros !== null && (
              <p className="text-muted text-sm">
                About {amount(forecastMicros)} by the end of the month, if what is stored stays and traffic
                goes on like this.
              </p>
            )}
          </div>
          <Summary
            columns={2}
            items={[
              { label: 'Storage', value: amount(groupMicros.storage) },
              { label: 'Replication traffic', value: amount(groupMicros.replication) },
              { label: 'Restores', value: amount(groupMicros.restore) },
              { label: 'Features', value: 'Free of charge' },
            ]}
          />
        </div>
        <DayChart statement={statement} />
      </div>
    </Panel>
  );
}

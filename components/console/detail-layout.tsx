'use client';

import { parseAsStringLiteral, useQueryState } from 'nuqs';
import type { ReactNode } from 'react';
import { Summary, type SummaryItem } from '@/components/ui/summary';
import { type Tab, Tabs } from '@/components/ui/tabs';

interface DetailLayoutProps {
  summary: SummaryItem[];
  /** Stands between the summary and the tabs, such as the flow picture. */
  lead?: ReactNode;
  tabs: Tab[];
}

/** A summary block and tabs; the open tab is in the address. */
export function DetailLayout({ summary, lead, tabs }: DetailLayoutProps) {
  const [tab, setTab] = useQueryState(
    'tab',
    parseAsStringLiteral(tabs.map((entry) => entry.value)).withDefault(tabs[0]?.value ?? ''),
  );
  return (
    <div className="flex flex-col gap-5">
      <section aria-label="Summary" className="panel p-4">
        <Summary items={summary} />
      </section>
      {lead}
      <Tabs tabs={tabs} value={tab} onValueChange={(value) => void setTab(value)} label="Details" />
    </div>
  );
}

'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { ClipboardList, Download, FileJson } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { useTableUrlState } from '@/components/console/data-table/use-table-url-state';
import { PageHeader } from '@/components/console/page-header';
import { buttonStyles } from '@/components/ui/button-styles';
import { EmptyState } from '@/components/ui/empty-state';
import { useNow } from '@/components/ui/use-now';
import { auditEventPagesQuery, auditExportHref } from '@/lib/audit/query';
import type { AuditEvent } from '@/lib/audit/schemas';
import { nameAction } from './action-words';
import { auditColumns } from './audit-columns';
import { ChainStrip } from './chain-strip';
import { EventPanel } from './event-panel';
import { periodStart } from './periods';

export function AuditPage() {
  const refusal = useRefusal('audit.read');
  const [opened, setOpened] = useState<AuditEvent | null>(null);
  const columns = useMemo(() => auditColumns(setOpened), []);
  const { state } = useTableUrlState(columns);
  const now = useNow(600_000);
  const filter = {
    action: state.filters.action ?? undefined,
    query: state.text || undefined,
    from: periodStart(state.filters.at ?? null, now),
  };
  const events = useInfiniteQuery({ ...auditEventPagesQuery(filter), enabled: refusal === null });
  const header = {
    title: 'Audit',
    description: 'Who did what to which resource, from where and when. Rows are chained and never changed.',
  };
  if (refusal) {
    return (
      <>
        <PageHeader {...header} />
        <section className="panel">
          <EmptyState icon={<ClipboardList />} title="The audit is not shown">
            {refusal}
          </EmptyState>
        </section>
      </>
    );
  }
  return (
    <>
      <PageHeader
        {...header}
        actions={
          <>
            <a href={auditExportHref(filter)} download className={buttonStyles()}>
              <Download aria-hidden />
              Export CSV
            </a>
            <a href={auditExportHref(filter, 'json')} download className={buttonStyles()}>
              <FileJson aria-hidden />
              Export JSON lines
            </a>
          </>
        }
      />
      <ChainStrip />
      <DataTable<AuditEvent>
        id="audit"
        title="Events"
        noun="events"
        columns={columns}
        rows={events.data?.pages.flatMap((page) => page.items)}
        getRowId={(event) => String(event.id)}
        getRowName={(event) => `${nameAction(event.action)} ${event.at}`}
        error={events.error?.message}
        onRetry={() => void events.refetch()}
        searchPlaceholder="Find by person, resource name or id"
        server={{
          total: events.data?.pages[0]?.total ?? 0,
          hasMore: events.hasNextPage,
          isLoadingMore: events.isFetchingNextPage,
          onLoadMore: () => void events.fetchNextPage(),
        }}
        empty={{
          icon: <ClipboardList />,
          title: 'No events yet',
          description: 'Each change in this account leaves a row here.',
        }}
      />
      {opened && <EventPanel event={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

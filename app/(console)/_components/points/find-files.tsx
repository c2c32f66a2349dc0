'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { File, Folder, Search, SearchX } from 'lucide-react';
import Link from 'next/link';
import { parseAsString, useQueryState } from 'nuqs';
import { type FormEvent, useState } from 'react';
import { LoadFailure } from '@/app/(console)/_components/load-failure';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { formatCount, plural } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { Bytes, Time } from '@/components/ui/quantities';
import { SkeletonText } from '@/components/ui/skeleton';
import { pointSearchQuery } from '@/lib/backup-points/query';
import type { PointSearch } from '@/lib/backup-points/schemas';
import { showEntryPath } from '@/lib/backup-points/shown-entry';
import type { SourceKind } from '@/lib/schemas';

interface FindFilesProps {
  sourceId: string;
  kind: SourceKind;
  /** Why the signed-in user may not look inside points. */
  refusal: string | null;
}

/** Finds the backup points of a data source that hold a file, a folder or whatever fits a pattern. */
export function FindFiles({ sourceId, kind, refusal }: FindFilesProps) {
  const [query, setQuery] = useQueryState('find', parseAsString.withDefault(''));
  const [text, setText] = useState(query);
  const search = useInfiniteQuery(pointSearchQuery({ sourceId, query }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void setQuery(text.trim() || null);
  };
  const pages = search.data?.pages ?? [];
  const items = pages.flatMap((page) => page.items);
  const searched = pages.reduce((sum, page) => sum + page.searchedCount, 0);
  return (
    <section className="panel" aria-label="Find files">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-2 border-line border-b p-4">
        <Field
          label="Name or path"
          hint="A part of a name, a pattern such as *.pdf, or a path such as /reports/2026/**"
          className="min-w-64 flex-1"
        >
          <Input
            icon={<Search />}
            value={text}
            onChange={(event) => setText(event.target.value)}
            spellCheck={false}
          />
        </Field>
        <Button type="submit" variant="primary" disabledReason={refusal} isLoading={search.isFetching}>
          Find files
        </Button>
      </form>
      {query === '' && (
        <EmptyState icon={<Search />} title="Which point holds it?">
          Newest points are looked at first. Folders that did not change between points are read once.
        </EmptyState>
      )}
      {search.error && (
        <LoadFailure
          error={search.error}
          onRetry={() => void search.refetch()}
          isRetrying={search.isFetching}
        />
      )}
      {query !== '' && search.isPending && !search.error && (
        <div className="p-4" role="status" aria-label="Looking through the points">
          <SkeletonText lines={4} />
        </div>
      )}
      {search.data && items.length === 0 && !search.hasNextPage && (
        <EmptyState icon={<SearchX />} title="No point holds it">
          {plural(searched, 'point')} looked at.
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <FoundPoint key={item.point.id} item={item} kind={kind} />
        ))}
      </ul>
      {search.data && (items.length > 0 || search.hasNextPage) && (
        <div className="flex flex-wrap items-center gap-3 border-line border-t px-4 py-3 text-muted">
          <span role="status">{plural(searched, 'point')} looked at</span>
          {search.hasNextPage && (
            <Button
              size="sm"
              isLoading={search.isFetchingNextPage}
              onClick={() => void search.fetchNextPage()}
            >
              Look at older points
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function FoundPoint({ item, kind }: { item: PointSearch['items'][number]; kind: SourceKind }) {
  const { point, entries, matchCount, isCut } = item;
  const more = matchCount - entries.length;
  return (
    <li className="flex flex-col gap-1.5 px-4 py-3">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <Link href={`/${point.vault.region}/backup-points/${point.id}`} className="link font-medium">
          <Time at={point.createdAt} />
        </Link>
        <span className="text-muted text-sm">
          {plural(matchCount, 'match', 'matches')} in {point.vault.name}
          {isCut && ', of the part that was looked at: the point holds too much for one search'}
        </span>
      </p>
      <ul className="flex flex-col gap-0.5 text-sm">
        {entries.map(({ path, type, sizeBytes }) => (
          <li key={path} className="flex items-center gap-2">
            {type === 'folder' ? (
              <Folder className="size-4 shrink-0 text-muted" aria-hidden />
            ) : (
              <File className="size-4 shrink-0 text-muted" aria-hidden />
            )}
            <span className="wrap-anywhere min-w-0 flex-1 font-mono">{showEntryPath(kind, path)}</span>
            <span className="shrink-0 text-muted">
              <Bytes value={sizeBytes} />
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="text-muted text-sm">and {formatCount(more)} more</p>}
    </li>
  );
}

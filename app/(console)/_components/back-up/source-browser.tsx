'use client';

import { ChevronRight, CornerLeftUp, File, Folder, FolderSearch } from 'lucide-react';
import { useState } from 'react';
import { useQuestion } from '@/app/(console)/_components/sources/use-question';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Checkbox } from '@/components/ui/checkbox';
import { Bytes } from '@/components/ui/quantities';
import { SkeletonText } from '@/components/ui/skeleton';
import { browseSourceAction } from './actions';

interface SourceBrowserProps {
  /** What is asked: a data source, or the own files of a client's host. */
  about: { id: string } | { clientId: string };
  name: string;
  chosen: string[];
  onChosenChange: (chosen: string[]) => void;
}

const parentOf = (path: string) => path.replace(/\/[^/]*$/, '') || '/';

/** What a data source holds now, folder by folder, to choose from. */
export function SourceBrowser({ about, name, chosen, onChosenChange }: SourceBrowserProps) {
  const browse = useQuestion(browseSourceAction);
  const [path, setPath] = useState<string | null>(null);
  const open = (next: string, cursor: string | null = null) => {
    setPath(next);
    browse.ask({ source: about, path: next, cursor });
  };
  if (path === null) {
    return (
      <Button icon={<FolderSearch />} onClick={() => open('/')} className="self-start">
        {'clientId' in about ? 'Browse host' : 'Browse data source'}
      </Button>
    );
  }
  const listing = browse.question?.listing;
  const toggle = (entry: string) =>
    onChosenChange(chosen.includes(entry) ? chosen.filter((other) => other !== entry) : [...chosen, entry]);
  return (
    <section aria-label={`What ${name} holds`} className="rounded-md border border-line">
      <div className="flex items-center gap-2 border-line border-b bg-sunken px-2 py-1.5">
        <Button
          size="sm"
          icon={<CornerLeftUp />}
          disabledReason={path === '/' ? 'This is the root.' : null}
          onClick={() => open(parentOf(path))}
        >
          Up
        </Button>
        <span className="wrap-anywhere min-w-0 flex-1 font-mono text-sm">{path}</span>
      </div>
      {browse.problem && <Callout kind="danger">{browse.problem}</Callout>}
      {!listing && !browse.problem && (
        <div className="p-3" role="status" aria-label="Reading the data source">
          <SkeletonText lines={4} />
        </div>
      )}
      {listing?.entries.length === 0 && <p className="p-3 text-muted">Nothing is here.</p>}
      {listing && (
        <ul className="max-h-72 divide-y divide-line overflow-y-auto">
          {listing.entries.map((entry) => (
            <li key={entry.path} className="flex items-center gap-2 px-2 py-1">
              <Checkbox
                checked={chosen.includes(entry.path)}
                onCheckedChange={() => toggle(entry.path)}
                aria-label={`Back up ${entry.name}`}
              />
              {entry.isFolder ? (
                <button
                  type="button"
                  className="link flex min-w-0 flex-1 items-center gap-1.5 text-left"
                  onClick={() => open(entry.path)}
                >
                  <Folder className="size-4 shrink-0 text-muted" aria-hidden />
                  <span className="wrap-anywhere min-w-0">{entry.name}</span>
                  <ChevronRight className="size-4 shrink-0 text-faint" aria-hidden />
                </button>
              ) : (
                <span className="flex min-w-0 flex-1 items-center gap-1.5">
                  <File className="size-4 shrink-0 text-muted" aria-hidden />
                  <span className="wrap-anywhere min-w-0">{entry.name}</span>
                </span>
              )}
              <span className="shrink-0 text-muted text-sm">
                {entry.detail ?? <Bytes value={entry.sizeBytes ?? undefined} />}
              </span>
            </li>
          ))}
        </ul>
      )}
      {listing?.nextCursor && (
        <div className="border-line border-t p-2">
          <Button size="sm" onClick={() => open(path, listing.nextCursor)}>
            Show next entries
          </Button>
        </div>
      )}
    </section>
  );
}

'use client';

import { Download, FolderDown, FolderSearch } from 'lucide-react';
import { useState } from 'react';
import { createDownloadTicketAction } from '@/app/(console)/_components/points/actions';
import { SearchableTree } from '@/app/(console)/_components/points/searchable-tree';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Bytes, Time } from '@/components/ui/quantities';
import { Summary } from '@/components/ui/summary';
import { showName } from '@/lib/backup-points/encoded-path';
import type { BackupPoint, Entry } from '@/lib/backup-points/schemas';
import { showEntryPath } from '@/lib/backup-points/shown-entry';

interface PointFilesProps {
  point: BackupPoint;
  /** Why the signed-in user may not look inside. */
  refusal: string | null;
}

/** The files of a point, folder by folder, and one of them to look at closer. */
export function PointFiles({ point, refusal }: PointFilesProps) {
  const [entry, setEntry] = useState<Entry | null>(null);
  if (refusal) {
    return (
      <Panel title="Files">
        <EmptyState icon={<FolderSearch />} title="The files are not shown">
          {refusal}
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel title="Files" description="Read from the vault’s own bytes as folders are opened.">
      <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <SearchableTree
          pointId={point.id}
          kind={point.source.kind}
          label="Files of this backup point"
          onActiveChange={setEntry}
          height={480}
        />
        {entry && <EntryDetail key={entry.path} point={point} entry={entry} />}
      </div>
    </Panel>
  );
}

const typeWords: Record<Entry['type'], string> = {
  folder: 'Folder',
  file: 'File',
  symlink: 'Symbolic link',
  other: 'Special file',
};

function EntryDetail({ point, entry }: { point: BackupPoint; entry: Entry }) {
  const ticket = useAction(createDownloadTicketAction, ({ url }) => openDownload(url));
  return (
    <section
      aria-label="Selected item"
      className="flex min-w-0 flex-col gap-4 xl:border-line xl:border-l xl:pl-4"
    >
      <div>
        <h3 className="wrap-anywhere font-semibold">{showName(entry.name)}</h3>
        <p className="wrap-anywhere mt-0.5 font-mono text-muted text-sm">
          {showEntryPath(point.source.kind, entry.path)}
        </p>
      </div>
      <Summary
        columns={2}
        items={[
          { label: 'Type', value: typeWords[entry.type] },
          { label: 'Size', value: <Bytes value={entry.sizeBytes} /> },
          ...(entry.type === 'folder' ? [{ label: 'Contents', value: plural(entry.fileCount, 'file') }] : []),
          { label: 'Permissions', value: <span className="font-mono">{showMode(entry.mode)}</span> },
          { label: 'Changed', value: <Time at={entry.modifiedAt} /> },
          ...(entry.linkTarget === null
            ? []
            : [
                {
                  label: 'Points to',
                  value: <span className="font-mono">{showName(entry.linkTarget)}</span>,
                  isWide: true,
                },
              ]),
        ]}
      />
      {entry.type === 'file' && (
        <div className="flex flex-col gap-2">
          <Button
            icon={<Download />}
            className="self-start"
            isLoading={ticket.isPending}
            onClick={() => ticket.send({ pointId: point.id, path: entry.path })}
          >
            Download file
          </Button>
          <p className="text-muted text-sm">
            The file comes from the gateway in a new tab. Your browser may ask you to trust its certificate
            first.
          </p>
        </div>
      )}
      {entry.type === 'folder' && (
        <ArchiveButtons
          isPending={ticket.isPending}
          onChoose={(format) => ticket.send({ pointId: point.id, path: entry.path, format })}
        />
      )}
      {ticket.error && <Callout kind="danger">{ticket.error.message}</Callout>}
    </section>
  );
}

interface ArchiveButtonsProps {
  isPending: boolean;
  onChoose: (format: 'zip' | 'tar') => void;
}

function ArchiveButtons({ isPending, onChoose }: ArchiveButtonsProps) {
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <Button icon={<FolderDown />} isLoading={isPending} onClick={() => onChoose('zip')}>
          Download as zip
        </Button>
        <Button icon={<FolderDown />} isLoading={isPending} onClick={() => onChoose('tar')}>
          Download as tar
        </Button>
      </div>
      <p className="text-muted text-sm">
        It comes from the gateway in a new tab, as it is read. A tar keeps owners, exact times, links and
        extended attributes; a zip opens everywhere.
      </p>
    </div>
  );
}

/** A tab of its own: should the gateway's certificate be questioned, this page stays. */
function openDownload(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  link.click();
}

/** `rwxr-x---` with the octal form. */
function showMode(mode: number): string {
  const letters = ['r', 'w', 'x'];
  const bits = Array.from({ length: 9 }, (_, at) => ((mode >> (8 - at)) & 1 ? letters[at % 3] : '-'));
  return `${bits.join('')} (${(mode & 0o7777).toString(8).padStart(4, '0')})`;
}

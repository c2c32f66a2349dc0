'use client';

import {
  ChevronDown,
  ChevronRight,
  File,
  FileQuestion,
  FileSymlink,
  Folder,
  LoaderCircle,
} from 'lucide-react';
import { cn } from '@/components/ui/class-names';
import { formatBytes, formatExactBytes, plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import { showName } from '@/lib/backup-points/encoded-path';
import { MarkBox } from './mark-box';
import type { Mark } from './selection';
import type { TreeRow } from './visible-rows';

interface TreeRowViewProps {
  id: string;
  row: TreeRow;
  isActive: boolean;
  emptyText?: string;
  mark: Mark | null;
  /** Why the mark cannot be changed here. */
  fixedReason: string | null;
  onToggleOpen: () => void;
  onToggleMark: () => void;
  onRetry: () => void;
  onPoint: () => void;
}

const icons = { folder: Folder, file: File, symlink: FileSymlink, other: FileQuestion };

export function TreeRowView(props: TreeRowViewProps) {
  const { id, row, isActive, mark, fixedReason, onToggleOpen, onToggleMark, onRetry, onPoint } = props;
  const indent = { paddingLeft: `${(row.level - 1) * 20 + 8}px` };
  if (row.kind !== 'entry')
    return (
      <NoteRow
        id={id}
        row={row}
        indent={indent}
        isActive={isActive}
        emptyText={props.emptyText}
        onRetry={onRetry}
      />
    );
  const { entry, isOpen, level } = row;
  const Icon = icons[entry.type];
  const isFolder = entry.type === 'folder';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys
    <div
      id={id}
      role="treeitem"
      tabIndex={-1}
      aria-level={level}
      aria-expanded={isFolder ? isOpen : undefined}
      aria-checked={mark === null ? undefined : mark === 'some' ? 'mixed' : mark === 'all'}
      aria-selected={isActive}
      onClick={() => {
        onPoint();
        if (isFolder) onToggleOpen();
      }}
      title={fixedReason ?? undefined}
      style={indent}
      className={cn(
        'flex h-8 items-center gap-2 pr-3 text-sm',
        isActive ? 'bg-accent-soft' : 'hover:bg-hover',
      )}
    >
      <span className="flex size-4 shrink-0 items-center justify-center text-muted">
        {isFolder &&
          (isOpen ? (
            <ChevronDown className="size-4" aria-hidden />
          ) : (
            <ChevronRight className="size-4" aria-hidden />
          ))}
      </span>
      {mark !== null && (
        <MarkBox
          mark={mark}
          isFixed={fixedReason !== null}
          onToggle={() => {
            onPoint();
            onToggleMark();
          }}
        />
      )}
      <Icon className={cn('size-4', isFolder ? 'text-ink' : 'text-muted')} aria-hidden />
      <span className="min-w-0 truncate">{showName(entry.name)}</span>
      {entry.linkTarget !== null && (
        <span className="min-w-0 truncate text-muted">→ {showName(entry.linkTarget)}</span>
      )}
      <span
        className="ml-auto shrink-0 pl-3 text-muted tabular-nums"
        title={formatExactBytes(entry.sizeBytes)}
      >
        {isFolder
          ? `${plural(entry.fileCount, 'file')} · ${formatBytes(entry.sizeBytes)}`
          : entry.type === 'file'
            ? formatBytes(entry.sizeBytes)
            : ''}
      </span>
      <span className="hidden w-36 shrink-0 text-right text-muted @xl:block">
        <Time at={entry.modifiedAt} />
      </span>
    </div>
  );
}

interface NoteRowProps {
  id: string;
  row: TreeRow;
  indent: { paddingLeft: string };
  isActive: boolean;
  emptyText: string | undefined;
  onRetry: () => void;
}

function NoteRow({ id, row, indent, isActive, emptyText, onRetry }: NoteRowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys
    <div
      id={id}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.level}
      aria-selected={isActive}
      onClick={row.kind === 'failed' ? onRetry : undefined}
      style={indent}
      className={cn('flex h-8 items-center gap-2 text-muted text-sm', isActive && 'bg-accent-soft')}
    >
      <span className="size-4" />
      {row.kind === 'empty' && (emptyText ?? 'This folder is empty')}
      {row.kind === 'failed' && (
        <span className="text-danger">This folder could not be listed. Click to try again.</span>
      )}
      {(row.kind === 'loading' || row.kind === 'more') && (
        <>
          <LoaderCircle className="size-4 animate-turn" aria-hidden /> Loading
        </>
      )}
    </div>
  );
}

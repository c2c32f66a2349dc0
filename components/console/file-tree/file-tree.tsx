'use client';

import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { showPath } from '@/lib/backup-points/encoded-path';
import type { Entry } from '@/lib/backup-points/schemas';
import { planKey } from './plan-key';
import { findDecidingFolder, getMark, type TreeSelection, toggle } from './selection';
import { TreeRowView } from './tree-row';
import type { LoadChildren } from './use-folders';
import { useTree } from './use-tree';
import type { TreeRow } from './visible-rows';

interface FileTreeProps {
  /** Names the tree for assistive technology: `Files of this backup point`. */
  label: string;
  loadChildren: LoadChildren;
  /** Leave out for browsing without choosing. */
  selection?: TreeSelection;
  onSelectionChange?: (selection: TreeSelection) => void;
  /** Told of the entry that the reader is on; null while that is no entry. Keep it stable. */
  onActiveChange?: (entry: Entry | null) => void;
  /** What an empty first level says. */
  emptyText?: string;
  /** Height of the scrolling area in pixels. */
  height?: number;
}

const rowHeight = 32;

/** The files of a backup point, folder by folder. Only the rows in view are drawn; folders load when they open. */
export function FileTree(props: FileTreeProps) {
  const {
    label,
    loadChildren,
    selection,
    onSelectionChange,
    onActiveChange,
    emptyText,
    height = 384,
  } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, active, moveTo, toggleOpen, load } = useTree(loadChildren);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    // The active row is always drawn, because the tree points to it by its id.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), active])].sort((a, b) => a - b),
  });
  const items = virtualizer.getVirtualItems().filter((item) => item.index < rows.length);

  const wanted = items.map((item) => rows[item.index]).find((row) => row?.kind === 'more')?.parent;
  useEffect(() => {
    if (wanted !== undefined) void load(wanted);
  }, [wanted, load]);

  const activeRow = rows[active];
  const activeEntry = activeRow?.kind === 'entry' ? activeRow.entry : null;
  useEffect(() => onActiveChange?.(activeEntry), [activeEntry, onActiveChange]);

  const toggleMark = (row: TreeRow) => {
    if (selection && row.kind === 'entry') onSelectionChange?.(toggle(selection, row.entry.path));
  };
  const press = (event: KeyboardEvent) => {
    const row = rows[active];
    const step = planKey(event.key, rows, active, Math.floor(height / rowHeight));
    if (!row || !step) return;
    event.preventDefault();
    if (step.kind === 'toggle_open') toggleOpen(row);
    else if (step.kind === 'toggle_mark') toggleMark(row);
    else if (step.kind === 'retry') void load(row.parent);
    else {
      moveTo(step.to);
      virtualizer.scrollToIndex(step.to);
    }
  };

  return (
    <div
      ref={scroller}
      role="tree"
      tabIndex={0}
      aria-label={label}
      aria-multiselectable={selection ? true : undefined}
      aria-activedescendant={rows.length > 0 ? `${id}-${active}` : undefined}
      onKeyDown={press}
      style={{ height }}
      className="@container overflow-y-auto rounded-md border border-line bg-surface"
    >
      <div style={{ height: virtualizer.getTotalSize() }} className="relative">
        {items.map(({ index, key, start }) => {
          const row = rows[index]!;
          return (
            <div
              key={key}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              <TreeRowView
                id={`${id}-${index}`}
                row={row}
                emptyText={row.parent === '' ? emptyText : undefined}
                isActive={index === active}
                mark={selection && row.kind === 'entry' ? getMark(selection, row.entry.path) : null}
                fixedReason={
                  selection && row.kind === 'entry' ? explainFixed(selection, row.entry.path) : null
                }
                onToggleOpen={() => toggleOpen(row)}
                onToggleMark={() => toggleMark(row)}
                onRetry={() => void load(row.parent)}
                onPoint={() => moveTo(index)}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function explainFixed(selection: TreeSelection, path: string): string | null {
  const folder = findDecidingFolder(selection, path);
  if (folder === null) return null;
  return `Decided by its folder ${showPath(folder)}. Change that one to choose inside it.`;
}

'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { planKey } from './plan-key';
import { findDecidingFolder, getMark, type TreeSelection, toggle } from './selection';
import { TreeRowView } from './tree-row';
import { type LoadChildren, useFolders } from './use-folders';
import { listVisibleRows, type TreeRow } from './visible-rows';

interface FileTreeProps {
  /** Names the tree for assistive technology: `Files of this backup point`. */
  label: string;
  loadChildren: LoadChildren;
  /** Leave out for browsing without choosing. */
  selection?: TreeSelection;
  onSelectionChange?: (selection: TreeSelection) => void;
  /** Height of the scrolling area in pixels. */
  height?: number;
}

const rowHeight = 32;

/** The files of a backup point, folder by folder. Only the rows in view are drawn; folders load when they open. */
export function FileTree({ label, loadChildren, selection, onSelectionChange, height = 384 }: FileTreeProps) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { folders, load } = useFolders(loadChildren);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const rows = useMemo(() => listVisibleRows(folders, open), [folders, open]);
  const active = Math.max(
    0,
    rows.findIndex((row) => row.key === activeKey),
  );
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();

  const wanted = items.map((item) => rows[item.index]).find((row) => row?.kind === 'more')?.parent;
  useEffect(() => {
    if (wanted !== undefined) void load(wanted);
  }, [wanted, load]);

  const toggleOpen = (row: TreeRow) => {
    if (row.kind !== 'entry' || row.entry.type !== 'folder') return;
    const { path } = row.entry;
    if (!row.isOpen && !folders.has(path)) void load(path);
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  };
  const toggleMark = (row: TreeRow) => {
    if (selection && row.kind === 'entry') onSelectionChange?.(toggle(selection, row.entry.path));
  };
  const moveTo = (index: number) => {
    setActiveKey(rows[index]?.key ?? null);
    virtualizer.scrollToIndex(index);
  };
  const press = (event: KeyboardEvent) => {
    const row = rows[active];
    const step = planKey(event.key, rows, active, Math.floor(height / rowHeight));
    if (!row || !step) return;
    event.preventDefault();
    if (step.kind === 'move') moveTo(step.to);
    else if (step.kind === 'toggle_open') toggleOpen(row);
    else if (step.kind === 'toggle_mark') toggleMark(row);
    else void load(row.parent);
  };
  return (
    <div className="@container overflow-hidden rounded-md border border-line bg-surface">
      <div
        ref={scroller}
        role="tree"
        tabIndex={0}
        aria-label={label}
        aria-multiselectable={selection ? true : undefined}
        aria-activedescendant={rows[active] && `${id}-${active}`}
        onKeyDown={press}
        style={{ height }}
        className="overflow-y-auto -outline-offset-2"
      >
        <div style={{ height: virtualizer.getTotalSize() }} className="relative">
          {items.map((item) => {
            const row = rows[item.index]!;
            return (
              <div
                key={item.key}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <TreeRowView
                  id={`${id}-${item.index}`}
                  row={row}
                  isActive={item.index === active}
                  mark={selection && row.kind === 'entry' ? getMark(selection, row.entry.path) : null}
                  fixedReason={
                    selection && row.kind === 'entry' ? explainFixed(selection, row.entry.path) : null
                  }
                  onToggleOpen={() => toggleOpen(row)}
                  onToggleMark={() => toggleMark(row)}
                  onRetry={() => void load(row.parent)}
                  onPoint={() => setActiveKey(row.key)}
                />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function explainFixed(selection: TreeSelection, path: string): string | null {
  const folder = findDecidingFolder(selection, path);
  if (folder === null) return null;
  return `Decided by its folder ${showPath(folder)}. Change that one to choose inside it.`;
}

/** Encoded paths hold raw bytes, which need not be UTF-8. */
function showPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

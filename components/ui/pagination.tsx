'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from './button';
import { formatCount } from './format';

interface PaginationProps {
  /** From 0. */
  pageIndex: number;
  pageCount: number;
  onPageChange: (pageIndex: number) => void;
}

export function Pagination({ pageIndex, pageCount, onPageChange }: PaginationProps) {
  return (
    <nav aria-label="Pages" className="flex items-center gap-1">
      <IconButton
        size="icon-sm"
        label="Previous page"
        icon={<ChevronLeft />}
        disabledReason={pageIndex <= 0 ? 'This is the first page' : null}
        onClick={() => onPageChange(pageIndex - 1)}
      />
      <span className="px-1 text-muted text-sm">
        Page {formatCount(pageIndex + 1)} of {formatCount(Math.max(1, pageCount))}
      </span>
      <IconButton
        size="icon-sm"
        label="Next page"
        icon={<ChevronRight />}
        disabledReason={pageIndex >= pageCount - 1 ? 'This is the last page' : null}
        onClick={() => onPageChange(pageIndex + 1)}
      />
    </nav>
  );
}

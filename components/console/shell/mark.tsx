import { cn } from '@/components/ui/class-names';

/** Two vaults that face each other, and what crosses from the first to the second. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" strokeWidth="2.4" aria-hidden className={cn('size-6', className)}>
      <path d="M10 3.5H3.5v17H10" stroke="var(--mark-source, var(--color-source))" />
      <path d="M14 3.5h6.500v17H14" stroke="var(--mark-target, var(--color-target))" />
      <path d="M7.500 12h8M12.500 8.500 16 12l-3.500 3.500" stroke="currentColor" />
    </svg>
  );
}

export function Wordmark({ className }: { className?: string }) {
  return (
    <span
      className={cn('inline-flex items-center gap-2 font-semibold text-lg tracking-[-0.01em]', className)}
    >
      <Mark />
      Crossvault
    </span>
  );
}

import { cn } from './class-names';

/** Holds the place of something that is loading; give it the size of what will come. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn('block h-4 rounded-sm bg-line', className)} />;
}

/** Lines of text that are loading. */
export function SkeletonText({ lines = 3 }: { lines?: number }) {
  return (
    <div role="status" className="flex flex-col gap-2.5">
      <span className="sr-only">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no identity
        <Skeleton key={line} className={line === lines - 1 ? 'w-2/5' : line % 2 ? 'w-4/5' : 'w-full'} />
      ))}
    </div>
  );
}

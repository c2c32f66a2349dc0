import { Callout } from '@/components/ui/callout';
import { formatBytes, formatCount, plural } from '@/components/ui/format';
import { Summary } from '@/components/ui/summary';
import type { RestoreChanges } from '@/lib/jobs/schemas';

const words = {
  created: 'Created',
  overwritten: 'Overwritten',
  skipped: 'Left as they are',
  keptBoth: 'Written beside',
} as const satisfies Record<string, string>;

const listedWords = { overwritten: 'overwritten', skipped: 'left as it is', keptBoth: 'written beside it' };

interface RestoreChangesProps {
  changes: RestoreChanges;
  /** What cannot be restored at all. */
  skippedCount: number;
}

/** What a restore changes at its destination, in counts and bytes. */
export function RestoreChangesView({ changes, skippedCount }: RestoreChangesProps) {
  const needed = changes.created.bytes + changes.keptBoth.bytes + changes.overwritten.bytes;
  const { freeBytes, listed } = changes;
  return (
    <div className="flex flex-col gap-3">
      <Summary
        columns={4}
        items={(Object.keys(words) as (keyof typeof words)[]).map((change) => ({
          label: words[change],
          value: (
            <>
              {formatCount(changes[change].items)}
              <span className="block text-muted text-sm">{formatBytes(changes[change].bytes)}</span>
            </>
          ),
        }))}
      />
      {freeBytes !== null && freeBytes < needed && (
        <Callout kind="warning" title="There may not be enough room">
          {formatBytes(needed)} are written and {formatBytes(freeBytes)} are free at the destination.
        </Callout>
      )}
      {skippedCount > 0 && (
        <Callout kind="warning">{plural(skippedCount, 'item')} cannot be restored there.</Callout>
      )}
      {listed.length > 0 && (
        <details className="text-sm">
          <summary className="cursor-pointer text-muted">
            {listed.length < 200 ? 'What is there already' : 'The first of what is there already'}
          </summary>
          <ul className="mt-1 max-h-60 overflow-y-auto">
            {listed.map(({ path, change }) => (
              <li key={path} className="flex flex-wrap justify-between gap-x-4">
                <span className="wrap-anywhere font-mono">{path}</span>
                <span className="text-muted">{listedWords[change]}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

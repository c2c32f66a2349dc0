import { Callout } from '@/components/ui/callout';
import type { CrossvaultError } from '@/lib/errors';

/** Why the last attempt failed, above the buttons of a form that keeps what was entered. */
export function FormError({ error }: { error: CrossvaultError | null }) {
  if (!error) return null;
  return (
    <Callout kind="danger">
      {error.message}
      {error.reference && <span className="mt-1 block font-mono text-sm">Reference {error.reference}</span>}
    </Callout>
  );
}

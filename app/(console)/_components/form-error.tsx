'use client';

import { useEffect, useRef } from 'react';
import { Callout } from '@/components/ui/callout';
import type { CrossvaultError } from '@/lib/errors';

/**
 * Why the last attempt failed, above the buttons of a form that keeps what was entered. Leads the reader to the first
 * field that has to change; without one, to the message itself.
 */
export function FormError({ error }: { error: CrossvaultError | null }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!error) return;
    const field = place.current?.closest('form')?.querySelector<HTMLElement>('[aria-invalid="true"]');
    if (field) field.focus();
    else place.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);
  return (
    <div ref={place} className="empty:hidden">
      {error && (
        <Callout kind="danger">
          {error.message}
          {error.reference && (
            <span className="mt-1 block font-mono text-sm">Reference {error.reference}</span>
          )}
        </Callout>
      )}
    </div>
  );
}

'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ActionResult } from '@/lib/api/action-result';
import { CrossvaultError } from '@/lib/errors';

interface ActionState<In> {
  /** `onRefused` is told of this attempt's failure, where no form is there to show it. */
  send: (input: In, onRefused?: (error: CrossvaultError) => void) => void;
  isPending: boolean;
  /** The last attempt's failure; it is gone when the next one starts. */
  error: CrossvaultError | null;
  /** Messages of that failure by input field, as a dotted path. */
  fields: Record<string, string>;
  /** What the last attempt sent. */
  sent: In | undefined;
  reset: () => void;
}

/** Calls a server action; when it succeeds, everything on the page is read again, then `onDone` is called. */
export function useAction<In, Out>(
  run: (input: In) => Promise<ActionResult<Out>>,
  onDone?: (out: Out, input: In) => void,
): ActionState<In> {
  const queryClient = useQueryClient();
  const mutation = useMutation<Out, CrossvaultError, In>({
    mutationFn: (input) => call(run, input),
    onSuccess: (out, input) => {
      onDone?.(out, input);
      void queryClient.invalidateQueries();
    },
  });
  return {
    send: (input, onRefused) => mutation.mutate(input, onRefused && { onError: onRefused }),
    isPending: mutation.isPending,
    error: mutation.error,
    fields: mutation.error?.fields ?? {},
    sent: mutation.variables,
    reset: mutation.reset,
  };
}

async function call<In, Out>(run: (input: In) => Promise<ActionResult<Out>>, input: In): Promise<Out> {
  const result = await run(input).catch((cause: unknown) => {
    const message =
      'Crossvault did not answer, so it is not known whether this was done. Look before you try again.';
    throw new CrossvaultError('unavailable', message, { cause });
  });
  if (result.ok) return result.data;
  const { code, message, ...options } = result.error;
  throw new CrossvaultError(code, message, options);
}

'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import type { ActionResult } from '@/lib/api/action-result';
import { questionQuery } from '@/lib/sources/query';
import type { Question } from '@/lib/sources/schemas';

interface Asking<In> {
  ask: (input: In) => void;
  /** Until there is an answer, or the minute is over. */
  isAsking: boolean;
  /** What was answered; null before, and while it is asked anew. */
  question: Question | null;
  /** Why there is no answer, in words. */
  problem: string | null;
  /** By input field, when the question was refused. */
  fields: Record<string, string>;
  reset: () => void;
}

const noAnswer =
  'Nobody answered within a minute. See that the engine runs, or the client where a host serves this data source.';

/** Puts a short question to the client that serves a data source, and waits for its answer. */
export function useQuestion<In>(run: (input: In) => Promise<ActionResult<Question>>): Asking<In> {
  const asked = useMutation<ActionResult<Question>, Error, In>({
    mutationFn: (input) => run(input),
  });
  const first = asked.data?.ok ? asked.data.data : null;
  const followed = useQuery({ ...questionQuery(first?.id ?? ''), enabled: first !== null });
  const found = followed.data ?? first;
  const refusal = asked.data && !asked.data.ok ? asked.data.error : null;
  const question = found && found.state !== 'open' && !asked.isPending ? found : null;
  return {
    ask: (input) => asked.mutate(input),
    isAsking: asked.isPending || found?.state === 'open',
    question,
    problem:
      refusal?.message ??
      asked.error?.message ??
      question?.error?.message ??
      (question?.state === 'expired' ? noAnswer : null),
    fields: refusal?.fields ?? {},
    reset: asked.reset,
  };
}

'use client';

import { useQuery } from '@tanstack/react-query';
import { PlugZap } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { z } from 'zod';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Status } from '@/components/ui/status';
import { Summary } from '@/components/ui/summary';
import type { CheckDestination, RestoreDestination } from '@/lib/restores/schemas';
import { questionQuery } from '@/lib/sources/query';
import type { Question } from '@/lib/sources/schemas';
import { checkDestinationAction } from '../actions';

interface DestinationCheckProps {
  destination: RestoreDestination;
  request: z.input<typeof CheckDestination>;
  /** Whether enough was entered to ask. */
  isComplete: boolean;
}

/** Asks who would write whether the destination is ready: by itself once it is whole, again when the reader wants. */
export function DestinationCheck({ destination, request, isComplete }: DestinationCheckProps) {
  const wanted = JSON.stringify(request);
  const [asked, setAsked] = useState<{ wanted: string; questionId: string } | null>(null);
  const ask = useAction(checkDestinationAction, ({ id }) => setAsked({ wanted, questionId: id }));
  const question = useQuery({
    ...questionQuery(asked?.questionId ?? ''),
    enabled: asked?.wanted === wanted,
  });
  const found = asked?.wanted === wanted ? (question.data ?? null) : null;
  const isWaiting = ask.isPending || (asked?.wanted === wanted && (!found || found.state === 'open'));
  const canAsk = isComplete && destination.isOnline;
  const { send } = ask;

  // Once for each destination that is chosen; while a path is typed the reader says when.
  const place = destination.sourceId ?? destination.clientId;
  const [startedFor, setStartedFor] = useState<string | null>(null);
  useEffect(() => {
    if (!canAsk || startedFor === place) return;
    setStartedFor(place);
    send(request);
  }, [canAsk, startedFor, place, send, request]);

  if (!destination.isOnline) {
    return (
      <Callout kind="warning" title={`${destination.name} cannot be reached now`}>
        The restore can be started all the same; it begins when it is back.
      </Callout>
    );
  }
  return (
    <section
      aria-label="Readiness"
      className="flex flex-col gap-2 rounded-md border border-line bg-sunken p-3"
    >
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div role="status" className="min-w-0 flex-1 basis-64">
          <Answer question={found} isWaiting={isWaiting} error={ask.error?.message ?? null} />
        </div>
        <Button
          size="sm"
          icon={<PlugZap />}
          isLoading={isWaiting}
          disabledReason={isComplete ? null : 'Enter where to restore to first.'}
          onClick={() => send(request)}
        >
          Check destination
        </Button>
      </div>
      {found?.check && found.check.facts.length > 0 && <Summary columns={4} items={found.check.facts} />}
    </section>
  );
}

interface AnswerProps {
  question: Question | null;
  isWaiting: boolean;
  error: string | null;
}

function Answer({ question, isWaiting, error }: AnswerProps) {
  if (isWaiting) return <Status kind="running">Checking whether it is ready…</Status>;
  if (error) return <Status kind="danger">{error}</Status>;
  if (!question) return <p className="text-muted">Not checked for what is entered now.</p>;
  const { check } = question;
  if (check) return <Status kind={check.isUsable ? 'success' : 'danger'}>{check.message}</Status>;
  return (
    <Status kind="danger">
      {question.error?.message ??
        'It did not answer within a minute. The restore can be started all the same.'}
    </Status>
  );
}

'use client';

import { type ReactNode, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { StepList } from './step-list';

export interface WizardStep {
  id: string;
  title: string;
  description?: ReactNode;
  content: ReactNode;
  /** Returns what is missing, in sentences; an empty list lets the reader go on. */
  validate?: () => string[] | Promise<string[]>;
  /** What the review step shows of this step. */
  review: ReactNode;
}

interface WizardProps {
  /** Names the wizard for assistive technology: `Restore`. */
  label: string;
  steps: WizardStep[];
  /** Heading and content of the last step, above the answers. */
  reviewLead?: ReactNode;
  /** Verb and noun: `Start restore`. */
  submitLabel: string;
  submitDisabledReason?: string | null;
  isSubmitting?: boolean;
  /** Failure of the last attempt, shown on the review. */
  error?: ReactNode;
  onSubmit: () => void;
  onCancel: () => void;
  /** Where to begin when a link has answered the steps before; they stay open to change. */
  initialStep?: number;
  /** Told when the reader comes to another step; the review is the one after the last. */
  onStepChange?: (at: number) => void;
}

/** Steps, each checked before the next, and a review with a way back to every one. The answers live in the caller. */
export function Wizard(props: WizardProps) {
  const { label, steps, onCancel } = props;
  const [at, setAt] = useState(props.initialStep ?? 0);
  const [furthest, setFurthest] = useState(props.initialStep ?? 0);
  const [problems, setProblems] = useState<string[]>([]);
  const [isChecking, setIsChecking] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const isReview = at === steps.length;
  const step = steps[at];

  const goTo = (next: number) => {
    setProblems([]);
    setAt(next);
    setFurthest((far) => Math.max(far, next));
    props.onStepChange?.(next);
    requestAnimationFrame(() => heading.current?.focus());
  };
  const goOn = async () => {
    setIsChecking(true);
    const found = (await step?.validate?.()) ?? [];
    setIsChecking(false);
    if (found.length > 0) setProblems(found);
    // Coming back from the review to change one answer leads straight back to it.
    else goTo(furthest === steps.length ? steps.length : at + 1);
  };

  return (
    <section aria-label={label} className="grid gap-6 lg:grid-cols-[13rem_minmax(0,1fr)]">
      <StepList
        titles={[...steps.map((entry) => entry.title), 'Review']}
        at={at}
        furthest={furthest}
        onGoTo={goTo}
      />
      <div className="min-w-0 max-w-4xl">
        <header className="mb-4">
          <h2 ref={heading} tabIndex={-1} className="font-semibold text-lg outline-none">
            {isReview ? 'Review' : step?.title}
          </h2>
          {!isReview && step?.description && <p className="text-muted">{step.description}</p>}
        </header>
        {isReview ? (
          <Review steps={steps} lead={props.reviewLead} onEdit={goTo} />
        ) : (
          // biome-ignore lint/a11y/noStaticElementInteractions: what was missing is judged anew once something was entered
          // biome-ignore lint/a11y/useKeyWithClickEvents: the controls inside have the keys
          <div className="panel p-4" onInput={() => setProblems([])} onClick={() => setProblems([])}>
            {step?.content}
          </div>
        )}
        {problems.length > 0 && (
          <Callout kind="danger" className="mt-4" title="Before you go on">
            <ul>
              {problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          </Callout>
        )}
        {isReview && props.error && (
          <Callout kind="danger" className="mt-4">
            {props.error}
          </Callout>
        )}
        <footer className="mt-5 flex flex-wrap justify-end gap-2">
          <Button variant="ghost" onClick={onCancel} className="mr-auto">
            Cancel
          </Button>
          {at > 0 && <Button onClick={() => goTo(at - 1)}>Back</Button>}
          {isReview ? (
            <Button
              variant="primary"
              onClick={props.onSubmit}
              isLoading={props.isSubmitting}
              disabledReason={props.submitDisabledReason}
            >
              {props.submitLabel}
            </Button>
          ) : (
            <Button variant="primary" onClick={goOn} isLoading={isChecking}>
              Next
            </Button>
          )}
        </footer>
      </div>
    </section>
  );
}

interface ReviewProps {
  steps: WizardStep[];
  lead?: ReactNode;
  onEdit: (at: number) => void;
}

function Review({ steps, lead, onEdit }: ReviewProps) {
  return (
    <div className="flex flex-col gap-4">
      {lead}
      {steps.map((step, at) => (
        <section key={step.id} className="panel">
          <header className="flex items-center justify-between border-line border-b py-1.5 pr-2 pl-4">
            <h3 className="font-semibold">{step.title}</h3>
            <Button variant="ghost" size="sm" aria-label={`Edit ${step.title}`} onClick={() => onEdit(at)}>
              Edit
            </Button>
          </header>
          <div className="p-4">{step.review}</div>
        </section>
      ))}
    </div>
  );
}

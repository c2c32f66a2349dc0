'use client';

import { TriangleAlert } from 'lucide-react';
import { AlertDialog } from 'radix-ui';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Button } from './button';
import { Callout } from './callout';
import { focusFirstControl } from './dialog';
import { Field } from './field';
import { Input } from './input';

export interface Consequence {
  /** What goes or changes: `Backup points`. */
  label: string;
  /** How much or when: `14 points, 3.2 GiB`. */
  value: ReactNode;
}

interface ConfirmDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** A question or a statement with the verb: `Delete vault`. */
  title: string;
  /** The thing's name, shown in bold. */
  subject: string;
  description?: ReactNode;
  consequences?: Consequence[];
  /** What stays, or what to do instead. */
  reassurance?: ReactNode;
  /** The reader types this before the button works. Leave out for a simple confirmation. */
  typedName?: string;
  /** Verb and noun: `Delete vault`. */
  confirmLabel: string;
  onConfirm: () => void | Promise<void>;
  isPending?: boolean;
  /** Failure of the last attempt, shown in place. */
  error?: ReactNode;
  isDanger?: boolean;
  children?: ReactNode;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <AlertDialog.Root open={props.isOpen} onOpenChange={props.onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <AlertDialog.Content
          onOpenAutoFocus={props.typedName === undefined ? undefined : focusFirstControl}
          className="fixed inset-x-3 top-[8vh] z-40 mx-auto flex max-h-[84vh] max-w-xl animate-appear flex-col overflow-y-auto rounded-lg border border-line bg-raised shadow-float outline-none"
        >
          <ConfirmForm {...props} />
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function ConfirmForm(props: ConfirmDialogProps) {
  const {
    title,
    subject,
    description,
    consequences = [],
    reassurance,
    typedName,
    confirmLabel,
    error,
    children,
  } = props;
  const [typed, setTyped] = useState('');
  const isMatched = typedName === undefined || typed === typedName;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isMatched && !props.isPending) void props.onConfirm();
  };
  return (
    <form data-body onSubmit={submit} className="flex flex-col gap-4 p-5">
      <div>
        <AlertDialog.Title className="font-semibold text-lg">{title}</AlertDialog.Title>
        <AlertDialog.Description asChild>
          <div className="mt-1 text-muted">
            <strong className="wrap-anywhere font-semibold text-ink">{subject}</strong>
            {description && <div className="mt-1">{description}</div>}
          </div>
        </AlertDialog.Description>
      </div>
      {consequences.length > 0 && <Consequences items={consequences} isDanger={props.isDanger ?? true} />}
      {reassurance && <p className="text-muted">{reassurance}</p>}
      {children}
      {typedName !== undefined && (
        <Field
          label={
            <>
              Type <span className="wrap-anywhere select-all font-mono">{typedName}</span> to confirm
            </>
          }
        >
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      )}
      {error && <Callout kind="danger">{error}</Callout>}
      <div className="flex flex-wrap justify-end gap-2">
        <AlertDialog.Cancel asChild>
          <Button>Cancel</Button>
        </AlertDialog.Cancel>
        <Button
          type="submit"
          variant={(props.isDanger ?? true) ? 'danger' : 'primary'}
          isLoading={props.isPending}
          disabledReason={isMatched ? null : `Type the name ${typedName} to confirm.`}
        >
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}

function Consequences({ items, isDanger }: { items: Consequence[]; isDanger: boolean }) {
  return (
    <div
      className={
        isDanger
          ? 'rounded-md border border-danger/40 bg-danger-soft'
          : 'rounded-md border border-warning/40 bg-warning-soft'
      }
    >
      <p
        className={`flex items-center gap-2 px-3 pt-2.5 font-medium ${isDanger ? 'text-danger' : 'text-warning'}`}
      >
        <TriangleAlert className="size-4" aria-hidden /> What this does
      </p>
      <dl className="grid grid-cols-[fit-content(40%)_1fr] gap-x-4 gap-y-1 px-3 pt-1.5 pb-3 text-sm">
        {items.map((item) => (
          <div key={item.label} className="contents">
            <dt className="text-muted">{item.label}</dt>
            <dd className="wrap-anywhere">{item.value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

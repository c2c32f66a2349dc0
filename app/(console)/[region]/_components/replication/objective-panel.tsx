'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { Replication } from '@/lib/replication/schemas';
import { setRecoveryObjectiveAction } from '../../vaults/actions';
import { readSpan, type SpanUnit, spanUnits, writeSpan } from './span-input';

interface ObjectivePanelProps {
  replication: Replication;
  onClose: () => void;
}

/** How far behind the copy may be, and how long nothing may come, before both accounts are told. */
export function ObjectivePanel({ replication, onClose }: ObjectivePanelProps) {
  const { source, target, objective } = replication;
  const [span, setSpan] = useState(() => readSpan(objective.seconds));
  const [days, setDays] = useState(objective.silenceDays === null ? '' : String(objective.silenceDays));
  const { show } = useFlash();
  const save = useAction(setRecoveryObjectiveAction, () => {
    show({ kind: 'success', title: `The objective of ${source.vaultName} is saved.` });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.send({
      id: replication.id,
      objectiveSeconds: writeSpan(span),
      silenceDays: days.trim() === '' ? null : Number(days),
    });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Set recovery point objective"
      description={`For the copy of ${source.vaultName} in ${target.vaultName}. Both accounts see it and are told when it is missed.`}
    >
      <form className="contents" onSubmit={submit} noValidate>
        <PanelBody>
          <div className="grid grid-cols-[1fr_10rem] items-start gap-3">
            <Field
              label="At most this far behind"
              hint="Leave it empty for no objective."
              error={save.fields.objectiveSeconds}
            >
              <Input
                inputMode="numeric"
                value={span.count}
                onChange={(event) => setSpan({ ...span, count: event.target.value })}
              />
            </Field>
            <Field label="Unit">
              <Select
                value={span.unit}
                onValueChange={(unit) => setSpan({ ...span, unit: unit as SpanUnit })}
                options={Object.keys(spanUnits).map((unit) => ({ value: unit, label: unit }))}
              />
            </Field>
          </div>
          <Field
            label="Days without a new backup point"
            hint="After so many days of silence both accounts are told that the source may be lost. Leave it empty not to be told."
            error={save.fields.silenceDays}
          >
            <Input inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value)} />
          </Field>
          <Callout kind="info" className="text-sm">
            Choose what a restore can afford to lose. An objective below the time that a usual backup takes to
            copy is missed with every backup. After a miss it has to be met for twice its span, at most a day,
            until that is over: one alert for one incident.
          </Callout>
          <FormError error={save.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={save.isPending}>
            Save objective
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

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
import { knownRegions } from '@/lib/regions/schemas';
import { createCapacityPlanAction } from '../actions';

const everywhere = 'all';
const gib = 2 ** 30;
const dayMs = 86_400_000;

function today(afterDays = 0): string {
  return new Date(Date.now() + afterDays * dayMs).toISOString().slice(0, 10);
}

export function CreatePlanPanel({ onClose }: { onClose: () => void }) {
  const flash = useFlash();
  const [name, setName] = useState('');
  const [gibs, setGibs] = useState('1024');
  const [region, setRegion] = useState(everywhere);
  const [startsOn, setStartsOn] = useState(() => today());
  const [endsOn, setEndsOn] = useState(() => today(364));
  const create = useAction(createCapacityPlanAction, (plan) => {
    flash.show({ kind: 'success', title: `The capacity plan ${plan.name} was recorded.` });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.send({
      name,
      capacityBytes: Math.round(Number(gibs) * gib) || 0,
      region: region === everywhere ? null : region,
      startsOn,
      endsOn,
    });
  };
  const regions = knownRegions().map(({ id, name: label }) => ({ value: id, label, description: id }));
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Add capacity plan"
      description="Records a purchase. It is taken off the charges for storage."
      size="sm"
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Callout kind="info">
            A plan cannot be changed or removed once it is recorded. It covers whole days, never traffic, and
            no day that is over.
          </Callout>
          <Field label="Name" error={create.fields.name} isRequired>
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={64}
              autoComplete="off"
            />
          </Field>
          <Field
            label="Capacity in GiB"
            error={create.fields.capacityBytes}
            hint="1,024 GiB are 1 TiB."
            isRequired
          >
            <Input
              value={gibs}
              inputMode="decimal"
              onChange={(event) => setGibs(event.target.value)}
              autoComplete="off"
            />
          </Field>
          <Field
            label="Region"
            error={create.fields.region}
            hint="A plan of one region is used up before one of all regions."
          >
            <Select
              value={region}
              onValueChange={setRegion}
              options={[{ value: everywhere, label: 'All regions' }, ...regions]}
            />
          </Field>
          <Field label="First day" error={create.fields.startsOn} hint="Days are those of UTC." isRequired>
            <Input type="date" value={startsOn} onChange={(event) => setStartsOn(event.target.value)} />
          </Field>
          <Field label="Last day" error={create.fields.endsOn} isRequired>
            <Input type="date" value={endsOn} onChange={(event) => setEndsOn(event.target.value)} />
          </Field>
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={create.isPending}>
            Add capacity plan
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { clientOptions } from '@/app/(console)/_components/back-up/options';
import { FormError } from '@/app/(console)/_components/form-error';
import { CheckResult } from '@/app/(console)/_components/sources/check-result';
import { useQuestion } from '@/app/(console)/_components/sources/use-question';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { clientsQuery } from '@/lib/clients/query';
import { findRegion, knownRegions } from '@/lib/regions/schemas';
import {
  type DataSource,
  findRegisteredKind,
  type RegistrableKind,
  registrableKinds,
  sourceKinds,
} from '@/lib/sources/schemas';
import { checkSourceAction, registerSourceAction, updateSourceAction } from '../actions';
import { kindForms } from './kinds';
import { findProblems, type SourceDraft, toFormFields, toInput } from './source-draft';

interface SourcePanelProps {
  region: string;
  kind?: RegistrableKind;
  /** The one that is changed; without it, a new one is registered. */
  source?: DataSource;
  onClose: () => void;
}

/** Registers a data source or changes how one is reached: its kind, where it is, what reaches it, and whether it does. */
export function SourcePanel({ region, kind = 'oss', source, onClose }: SourcePanelProps) {
  const { show } = useFlash();
  const [draft, setDraft] = useState<SourceDraft>(() => startDraft(region, kind, source));
  const [isTried, setIsTried] = useState(false);
  const check = useQuestion(checkSourceAction);
  const done = (saved: DataSource) => {
    show({ kind: 'success', title: `${saved.name} is ${source ? 'saved' : 'registered'}.` });
    onClose();
  };
  const register = useAction(registerSourceAction, done);
  const update = useAction(updateSourceAction, done);
  const sending = source ? update : register;
  const isEditing = source !== undefined;
  const problems = findProblems(draft, isEditing);
  const errors = isTried ? { ...toFormFields({ ...check.fields, ...sending.fields }), ...problems } : {};
  const change = (part: Partial<SourceDraft>) => {
    setDraft({ ...draft, ...part });
    check.reset();
  };
  const ifWhole = (act: () => void) => {
    setIsTried(true);
    if (Object.keys(problems).length === 0) act();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ifWhole(() => {
      const input = toInput(draft);
      const hasSecret = Object.values(draft.secret).some((value) => value !== '');
      if (source)
        update.send({
          id: source.id,
          name: draft.name.trim() || source.name,
          config: input.config,
          secret: hasSecret ? input.secret : null,
        });
      else register.send(input);
    });
  };
  const { Fields } = kindForms[draft.kind];
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={isEditing ? 'Edit data source' : 'Register data source'}
      description={isEditing ? undefined : kindForms[draft.kind].purpose}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          {!isEditing && <PlaceFields draft={draft} onChange={change} errors={errors} />}
          <Fields
            config={draft.config}
            secret={draft.secret}
            onConfigChange={(part) => change({ config: { ...draft.config, ...part } })}
            onSecretChange={(part) => change({ secret: { ...draft.secret, ...part } })}
            errors={errors}
            region={draft.region}
            clientId={draft.clientId}
            isEditing={isEditing}
          />
          <Field
            label="Name"
            error={errors.name}
            hint={isEditing ? undefined : 'Without one it is named after what it is.'}
            isOptional={!isEditing}
          >
            <Input
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
              maxLength={64}
            />
          </Field>
          <CheckResult check={check.question?.check ?? null} problem={check.problem} />
          <FormError error={sending.error} />
        </PanelBody>
        <PanelFooter>
          {!isEditing && (
            <Button
              className="mr-auto"
              isLoading={check.isAsking}
              onClick={() => ifWhole(() => check.ask({ source: toInput(draft) }))}
            >
              Check connection
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={sending.isPending}>
            {isEditing ? 'Save data source' : 'Register data source'}
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

interface PlaceFieldsProps {
  draft: SourceDraft;
  onChange: (part: Partial<SourceDraft>) => void;
  errors: Record<string, string>;
}

/** Its kind, and the region or the host that it is in. */
function PlaceFields({ draft, onChange, errors }: PlaceFieldsProps) {
  const clients = useQuery(clientsQuery());
  const isOnHost = findRegisteredKind(draft.kind)?.servedBy === 'client';
  const client = clients.data?.items.find(({ id }) => id === draft.clientId);
  return (
    <>
      <Field label="Kind" isRequired>
        <Select
          value={draft.kind}
          onValueChange={(value) => {
            const kind = value as RegistrableKind;
            onChange({ kind, config: { ...kindForms[kind].config }, secret: { ...kindForms[kind].secret } });
          }}
          options={registrableKinds.map((value) => ({
            value,
            label: sourceKinds[value].word,
            description: kindForms[value].purpose,
          }))}
        />
      </Field>
      {isOnHost ? (
        <Field label="Client" error={errors.clientId} isRequired>
          <Select
            value={draft.clientId || undefined}
            onValueChange={(clientId) => onChange({ clientId })}
            placeholder={clients.data ? 'Choose a client' : 'Loading…'}
            options={clientOptions(clients.data?.items ?? [])}
          />
        </Field>
      ) : (
        <Field
          label="Region"
          error={errors.region}
          hint="A replication target vault restores it to a destination in its own region."
          isRequired
        >
          <Select
            value={draft.region}
            onValueChange={(region) => onChange({ region })}
            options={regionOptions(draft.kind)}
          />
        </Field>
      )}
      {isOnHost && clients.data?.items.length === 0 && (
        <Callout kind="warning">
          No host is enrolled yet. Enrol the host that it is on under Clients first.
        </Callout>
      )}
      {client?.status === 'offline' && (
        <Callout kind="warning">
          {client.name} is offline. It looks at the data source when it is back.
        </Callout>
      )}
    </>
  );
}

function regionOptions(kind: RegistrableKind) {
  return knownRegions().map(({ id, name }) => ({
    value: id,
    label: name,
    description: id,
    disabledReason: findRegion(id)?.sourceKinds.includes(kind)
      ? null
      : 'This region does not take data sources of this kind.',
  }));
}

function startDraft(region: string, kind: RegistrableKind, source: DataSource | undefined): SourceDraft {
  const ownKind = registrableKinds.find((known) => known === source?.config?.kind);
  if (!source || !ownKind) {
    return {
      kind,
      region,
      clientId: '',
      name: '',
      config: { ...kindForms[kind].config },
      secret: { ...kindForms[kind].secret },
    };
  }
  return {
    kind: ownKind,
    region: source.region,
    clientId: source.client.id,
    name: source.name,
    config: { ...kindForms[ownKind].config, ...source.config },
    secret: { ...kindForms[ownKind].secret },
  };
}

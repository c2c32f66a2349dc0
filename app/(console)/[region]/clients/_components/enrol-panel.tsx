'use client';

import { useQuery } from '@tanstack/react-query';
import { LoaderCircle } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { z } from 'zod';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { sectionHref } from '@/components/console/navigation';
import { Button, ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { CodeBlock } from '@/components/ui/copyable';
import { Field, FieldGroup } from '@/components/ui/field';
import { RelativeTime, Time } from '@/components/ui/quantities';
import { RadioCards } from '@/components/ui/radio-cards';
import { Select } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { useNow } from '@/components/ui/use-now';
import { clientsQuery } from '@/lib/clients/query';
import type { BackupClient, CreatedEnrolmentToken } from '@/lib/clients/schemas';
import { knownRegions } from '@/lib/regions/schemas';
import { createEnrolmentTokenAction } from '../actions';

type Token = z.infer<typeof CreatedEnrolmentToken>;

const regionOptions = () =>
  knownRegions().map(({ id, name }) => ({ value: id, label: name, description: id }));

const placements = [
  {
    value: 'server',
    label: 'Server outside the cloud',
    description: 'A machine of your own, anywhere. It takes restores from every region.',
  },
  {
    value: 'ecs',
    label: 'ECS instance',
    description: 'A cloud machine in one region. It takes restores only from vaults in that region.',
  },
];

/** Makes a one-use token, shows the command for the host once, and waits until the host has used it. */
export function EnrolPanel({ region, onClose }: { region: string; onClose: () => void }) {
  const [placement, setPlacement] = useState<'server' | 'ecs'>('server');
  const [chosenRegion, setChosenRegion] = useState(region);
  const [token, setToken] = useState<Token | null>(null);
  const known = useQuery(clientsQuery()).data?.items;
  const [knownIds, setKnownIds] = useState<string[]>([]);
  const create = useAction(createEnrolmentTokenAction, setToken);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setKnownIds(known?.map((client) => client.id) ?? []);
    create.send({ placement, region: chosenRegion });
  };
  if (token) return <TokenPanel token={token} region={region} knownIds={knownIds} onClose={onClose} />;
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Enrol a client"
      description="Makes a command that enrols one host. It works once, within an hour."
    >
      <form className="contents" onSubmit={submit}>
        <PanelBody>
          <FieldGroup legend="Where is the host?" error={create.fields.placement}>
            <RadioCards
              label="Where is the host?"
              value={placement}
              onValueChange={(value) => setPlacement(value as 'server' | 'ecs')}
              options={placements}
            />
          </FieldGroup>
          <Field
            label="Region"
            error={create.fields.region}
            hint={
              placement === 'ecs'
                ? 'The region of the instance. It cannot be changed later.'
                : 'The region that the host belongs to in lists. It limits nothing.'
            }
            isRequired
          >
            <Select value={chosenRegion} onValueChange={setChosenRegion} options={regionOptions()} />
          </Field>
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={create.isPending}>
            Create command
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

interface TokenPanelProps {
  token: Token;
  region: string;
  /** Clients that were there before the token was made. */
  knownIds: string[];
  onClose: () => void;
}

function TokenPanel({ token, region, knownIds, onClose }: TokenPanelProps) {
  const clients = useQuery({ ...clientsQuery(), refetchInterval: 2_000 });
  const arrived = clients.data?.items.find(({ id }) => !knownIds.includes(id));
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Enrol a client"
      description="Run these on the host, as the user who may read the files."
    >
      <PanelBody>
        <div className="flex flex-col gap-1.5">
          <p className="font-medium">1. Enrol the host</p>
          <CodeBlock text={token.command} />
          <p className="text-muted text-sm">
            Shown only now. It works once, until <Time at={token.expiresAt} />. The pin in it makes sure that
            the host speaks to this installation and to no other.
          </p>
        </div>
        <div className="flex flex-col gap-1.5">
          <p className="font-medium">2. Keep the client running</p>
          <CodeBlock text="crossvault daemon" />
          <p className="text-muted text-sm">
            It takes the jobs that this console gives it. Let the host start it at boot.
          </p>
        </div>
        <Arrival client={arrived} expiresAt={token.expiresAt} />
      </PanelBody>
      <PanelFooter>
        {arrived && (
          <ButtonLink href={`${sectionHref(region, 'clients')}/${arrived.id}`}>Open client</ButtonLink>
        )}
        <Button variant={arrived ? 'primary' : 'secondary'} onClick={onClose}>
          {arrived ? 'Done' : 'Close'}
        </Button>
      </PanelFooter>
    </SidePanel>
  );
}

function Arrival({ client, expiresAt }: { client: BackupClient | undefined; expiresAt: string }) {
  const now = useNow();
  if (client) {
    const isOnline = client.status === 'online';
    return (
      <div role="status">
        <Callout
          kind="success"
          title={isOnline ? `${client.name} is enrolled and online` : `${client.name} is enrolled`}
        >
          {isOnline
            ? `Version ${client.version} on ${client.platform}.`
            : 'It appears as online when its daemon runs.'}
        </Callout>
      </div>
    );
  }
  if (now && now > new Date(expiresAt)) {
    return <Callout kind="warning">The command has expired. Create another one.</Callout>;
  }
  return (
    <p role="status" className="flex items-center gap-2 text-muted">
      <LoaderCircle className="size-4 animate-turn text-info" aria-hidden />
      Waiting for the host. The command expires <RelativeTime at={expiresAt} />.
    </p>
  );
}

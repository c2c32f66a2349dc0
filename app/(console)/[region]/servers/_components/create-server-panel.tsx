'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createServerAction } from '@/app/(console)/_components/disks/actions';
import { BackupField } from '@/app/(console)/_components/disks/backup-field';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Field, FieldGroup } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { formatBytes } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { RadioCards } from '@/components/ui/radio-cards';
import { Select } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { disksQuery } from '@/lib/disks/query';
import { imagesQuery } from '@/lib/images/query';
import { regionName } from '@/lib/regions/schemas';
import { Flavour, flavourInWords } from '@/lib/servers/schemas';

type Kind = 'disks' | 'backup' | 'image';
const kinds: Record<Kind, { label: string; description: string }> = {
  disks: { label: 'Disks', description: 'Disks of this region that no server has.' },
  backup: { label: 'A backup', description: 'Of a server or a disk, own or shared with this account.' },
  image: { label: 'An image', description: 'Registered from a backup; it holds its own bytes.' },
};

interface CreateServerPanelProps {
  region: string;
  kind: string;
  from: string | null;
  onClose: () => void;
}

export function CreateServerPanel({ region, kind: wanted, from, onClose }: CreateServerPanelProps) {
  const { show } = useFlash();
  const [kind, setKind] = useState<Kind>(wanted in kinds ? (wanted as Kind) : 'disks');
  const [name, setName] = useState('');
  const [flavour, setFlavour] = useState<Flavour>('small');
  const [diskIds, setDiskIds] = useState<string[]>([]);
  const [pointId, setPointId] = useState(wanted === 'backup' ? (from ?? '') : '');
  const [imageId, setImageId] = useState(wanted === 'image' ? (from ?? '') : '');
  const create = useAction(createServerAction, (server) => {
    show({
      kind: 'success',
      title:
        server.state === 'creating'
          ? `Server ${server.name} is being made.`
          : `Server ${server.name} is there.`,
    });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const origins = {
      disks: { kind: 'disks' as const, diskIds },
      backup: { kind: 'backup' as const, pointId },
      image: { kind: 'image' as const, imageId },
    };
    create.send({ name, region, flavour, from: origins[kind] });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Create server"
      description={`In ${regionName(region)}. It is not started by this.`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <RadioCards
            label="Made from"
            columns={3}
            value={kind}
            onValueChange={(value) => setKind(value as Kind)}
            options={Object.entries(kinds).map(([value, words]) => ({ value, ...words }))}
          />
          <Field label="Name" error={create.fields.name} isRequired>
            <Input
              value={name}
              maxLength={64}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <Field label="Flavour" error={create.fields.flavour} isRequired>
            <Select
              value={flavour}
              onValueChange={(value) => setFlavour(value as Flavour)}
              options={Flavour.options.map((value) => ({ value, label: flavourInWords(value) }))}
            />
          </Field>
          {kind === 'disks' && (
            <DisksField
              region={region}
              value={diskIds}
              onValueChange={setDiskIds}
              error={create.fields['from.diskIds'] ?? create.fields.from}
            />
          )}
          {kind === 'backup' && (
            <BackupField
              region={region}
              value={pointId}
              onValueChange={setPointId}
              error={create.fields['from.pointId'] ?? create.fields.from}
              hint="A disk is made for each disk in it."
            />
          )}
          {kind === 'image' && (
            <ImageField
              region={region}
              value={imageId}
              onValueChange={setImageId}
              error={create.fields['from.imageId'] ?? create.fields.from}
            />
          )}
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={create.isPending}>
            Create server
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

interface ChoiceProps<T> {
  region: string;
  value: T;
  onValueChange: (value: T) => void;
  error?: string;
}

/** In the order they are chosen: the first is the one to start from. */
function DisksField({ region, value, onValueChange, error }: ChoiceProps<string[]>) {
  const disks = useQuery(disksQuery({ region, limit: 200 }));
  const free = disks.data?.items.filter((disk) => disk.server === null && disk.state === 'available') ?? [];
  const toggle = (id: string, isChosen: boolean) =>
    onValueChange(isChosen ? [...value, id] : value.filter((other) => other !== id));
  return (
    <FieldGroup legend="Disks">
      {disks.data && free.length === 0 && (
        <p className="text-muted">No disk in this region is free. Create one first, or use a backup.</p>
      )}
      {free.map((disk) => {
        const place = value.indexOf(disk.id);
        return (
          <Checkbox
            key={disk.id}
            checked={place >= 0}
            onCheckedChange={(checked) => toggle(disk.id, checked === true)}
            label={disk.name}
            description={`${formatBytes(disk.sizeBytes)}${place === 0 ? ', the server starts from it' : place > 0 ? `, place ${place}` : ''}`}
          />
        );
      })}
      {error && <p className="text-danger text-sm">{error}</p>}
    </FieldGroup>
  );
}

function ImageField({ region, value, onValueChange, error }: ChoiceProps<string>) {
  const images = useQuery(imagesQuery({ region, limit: 200 }));
  const items = images.data?.items ?? [];
  return (
    <Field
      label="Image"
      error={error}
      hint={
        images.data && items.length === 0
          ? 'There is no image in this region yet. Register one from a backup.'
          : undefined
      }
      isRequired
    >
      <Select
        value={value}
        onValueChange={onValueChange}
        options={items.map((image) => ({
          value: image.id,
          label: image.name,
          description: `Of ${image.sourceName}`,
          disabledReason: image.state === 'available' ? null : 'It is not available yet.',
        }))}
      />
    </Field>
  );
}

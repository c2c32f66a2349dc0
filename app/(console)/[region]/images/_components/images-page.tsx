'use client';

import { useQuery } from '@tanstack/react-query';
import { Disc3, Plus, Server, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { parseAsString, useQueryState } from 'nuqs';
import { type FormEvent, useState } from 'react';
import { deleteImageAction, registerImageAction } from '@/app/(console)/_components/disks/actions';
import { BackupField } from '@/app/(console)/_components/disks/backup-field';
import { imageStates, optionsOf, StateCell } from '@/app/(console)/_components/disks/words';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Id } from '@/components/ui/copyable';
import { Field } from '@/components/ui/field';
import { formatBytes, plural } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import type { MenuAction } from '@/components/ui/menu';
import { Bytes, RelativeTime } from '@/components/ui/quantities';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { imagesQuery } from '@/lib/images/query';
import type { Image } from '@/lib/images/schemas';
import { regionName } from '@/lib/regions/schemas';

const takes = ({ disks }: Image) => disks.reduce((sum, disk) => sum + disk.allocatedBytes, 0);
const size = ({ disks }: Image) => disks.reduce((sum, disk) => sum + disk.sizeBytes, 0);

const columns: Column<Image>[] = [
  {
    id: 'name',
    header: 'Image',
    isTitle: true,
    sortValue: ({ name }) => name,
    searchText: ({ name, id, sourceName }) => `${name}\n${id}\n${sourceName}`,
    cell: ({ id, name, isEncrypted }) => (
      <div className="min-w-0">
        <span className="wrap-anywhere flex flex-wrap items-center gap-2">
          {name}
          {isEncrypted && <Badge tone="accent">Encrypted</Badge>}
        </span>
        <Id value={id} className="font-normal" />
      </div>
    ),
  },
  {
    id: 'state',
    header: 'State',
    sortValue: ({ state }) => state,
    filter: { label: 'State', options: optionsOf(imageStates), valueOf: ({ state }) => state },
    cell: ({ state, stateReason, progress }) => (
      <StateCell word={imageStates[state]} reason={stateReason} progress={progress} />
    ),
  },
  {
    id: 'source',
    header: 'Registered from',
    sortValue: ({ sourceName }) => sourceName,
    cell: ({ sourceName, pointId, region }) => (
      <Link className="link" href={`${sectionHref(region, 'backups')}/${pointId}`}>
        {`A backup of ${sourceName}`}
      </Link>
    ),
  },
  {
    id: 'disks',
    header: 'Disks',
    align: 'end',
    sortValue: ({ disks }) => disks.length,
    cell: ({ disks }) => disks.length,
  },
  {
    id: 'size',
    header: 'Size',
    align: 'end',
    sortValue: size,
    cell: (image) => <Bytes value={size(image)} />,
  },
  {
    id: 'takes',
    header: 'Takes',
    align: 'end',
    sortValue: takes,
    cell: (image) => <Bytes value={takes(image)} />,
  },
  {
    id: 'created',
    header: 'Registered',
    sortValue: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

/** `?register=…` opens the panel with that backup, or with none for `true`. */
export function ImagesPage({ region }: { region: string }) {
  const images = useQuery(imagesQuery({ region, limit: 200 }));
  const [register, setRegister] = useQueryState('register', parseAsString);
  const [doomed, setDoomed] = useState<Image | null>(null);
  const refuse = useRefusals();
  const button = (
    <Button
      variant="primary"
      icon={<Plus />}
      disabledReason={refuse('servers.manage')}
      onClick={() => void setRegister('true')}
    >
      Register image
    </Button>
  );
  const menuOf = (image: Image): MenuAction[] => [
    {
      label: 'Create server',
      icon: <Server />,
      href: `${sectionHref(region, 'servers')}?create=image&from=${image.id}`,
      disabledReason:
        refuse('servers.manage') ?? (image.state === 'available' ? null : 'The image is not available.'),
    },
    {
      label: 'Delete image',
      icon: <Trash2 />,
      isDanger: true,
      startsGroup: true,
      disabledReason:
        refuse('servers.delete') ??
        (image.state === 'creating' ? 'The image is still being registered.' : null),
      onSelect: () => setDoomed(image),
    },
  ];
  return (
    <>
      <PageHeader
        title="Images"
        description="Copies of backups that servers are made from. An image holds its own bytes: it stays when its backup goes."
        actions={button}
      />
      <DataTable<Image>
        id="images"
        title="Images"
        noun="images"
        columns={columns}
        rows={images.data?.items}
        getRowId={({ id }) => id}
        getRowName={({ name }) => name}
        error={images.error?.message}
        onRetry={() => void images.refetch()}
        defaultSort={{ columnId: 'created', isDescending: true }}
        searchPlaceholder="Find by name, id or source"
        rowActions={menuOf}
        empty={{
          icon: <Disc3 />,
          title: `No images in ${regionName(region)} yet`,
          description: 'Register one from a backup of a server or a disk, own or shared with this account.',
          action: button,
        }}
      />
      {register !== null && (
        <RegisterPanel
          region={region}
          backupId={register === 'true' ? '' : register}
          onClose={() => void setRegister(null)}
        />
      )}
      {doomed && <DeleteDialog image={doomed} onClose={() => setDoomed(null)} />}
    </>
  );
}

function RegisterPanel({
  region,
  backupId,
  onClose,
}: {
  region: string;
  backupId: string;
  onClose: () => void;
}) {
  const [pointId, setPointId] = useState(backupId);
  const [name, setName] = useState('');
  const register = useAction(registerImageAction, onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    register.send({ pointId, name });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Register image"
      description="The bytes of the backup are copied. While an image of a shared backup stands, its sharing cannot be cancelled for this account."
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <BackupField
            region={region}
            value={pointId}
            onValueChange={setPointId}
            error={register.fields.pointId}
          />
          <Field label="Name" error={register.fields.name} isRequired>
            <Input
              value={name}
              maxLength={64}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <FormError error={register.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={register.isPending}>
            Register image
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

function DeleteDialog({ image, onClose }: { image: Image; onClose: () => void }) {
  const remove = useAction(deleteImageAction, onClose);
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Delete image"
      subject={image.name}
      consequences={[
        {
          label: 'Bytes',
          value: `${plural(image.disks.length, 'disk')}, ${formatBytes(takes(image))}, for ever`,
        },
        { label: 'Servers made from it', value: 'Stay' },
      ]}
      typedName={image.name}
      confirmLabel="Delete image"
      isPending={remove.isPending}
      error={remove.error?.message}
      onConfirm={() => remove.send({ id: image.id, confirm: image.name })}
    />
  );
}

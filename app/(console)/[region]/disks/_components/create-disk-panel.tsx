'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { allowDiskKeysAction, createDiskAction } from '@/app/(console)/_components/disks/actions';
import { BackupField } from '@/app/(console)/_components/disks/backup-field';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { formatBytes } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { TransferProgress } from '@/components/ui/progress';
import { RadioCards } from '@/components/ui/radio-cards';
import { Select } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { Backup } from '@/lib/backups/schemas';
import { diskKeyPermissionQuery, importableImagesQuery } from '@/lib/disks/query';
import { keysQuery } from '@/lib/keys/query';
import { findRegion, regionName } from '@/lib/regions/schemas';
import { useUpload } from './use-upload';

type From = 'empty' | 'upload' | 'import' | 'backup';

interface CreateDiskPanelProps {
  region: string;
  backupId: string | null;
  onClose: () => void;
}

export function CreateDiskPanel({ region, backupId, onClose }: CreateDiskPanelProps) {
  const { show } = useFlash();
  const [from, setFrom] = useState<From>(backupId ? 'backup' : 'empty');
  const [name, setName] = useState('');
  const [format, setFormat] = useState<'raw' | 'qcow2'>('qcow2');
  const [size, setSize] = useState('10');
  const [file, setFile] = useState<File | null>(null);
  const [path, setPath] = useState('');
  const [pointId, setPointId] = useState(backupId ?? '');
  const [backup, setBackup] = useState<Backup>();
  const [position, setPosition] = useState('0');
  const [kmsKey, setKmsKey] = useState<string | null>(null);
  const { upload, send } = useUpload();
  const create = useAction(createDiskAction, async (disk) => {
    if (from === 'upload' && file) {
      if (!(await send(disk.id, file))) return;
    }
    show({ kind: 'success', title: `Disk ${disk.name} is being made.` });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const origins = {
      empty: { kind: 'empty' as const, sizeBytes: Math.round(Number(size) * 1024) * 2 ** 20 },
      upload: { kind: 'upload' as const, fileName: file?.name ?? '', fileBytes: file?.size ?? 0 },
      import: { kind: 'import' as const, path },
      backup: { kind: 'backup' as const, pointId, position: Number(position) },
    };
    create.send({ name, region, format, kmsKey: from === 'backup' ? null : kmsKey, from: origins[from] });
  };
  const hasImports = findRegion(region)?.hasDiskImports ?? false;
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Create disk"
      description={`In ${regionName(region)}.`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <RadioCards
            label="What it holds"
            columns={2}
            value={from}
            onValueChange={(value) => setFrom(value as From)}
            options={[
              { value: 'empty', label: 'Nothing yet', description: 'An empty disk of the size you choose.' },
              {
                value: 'upload',
                label: 'A file of this computer',
                description: 'A raw or qcow2 image, sent by the browser.',
              },
              {
                value: 'import',
                label: 'A file of the operator',
                description: 'An image laid out in an import folder.',
                disabledReason: hasImports
                  ? null
                  : 'The operator has named no import folder for this region.',
              },
              {
                value: 'backup',
                label: 'A backup',
                description: 'One disk of a backup, own or shared with this account.',
              },
            ]}
          />
          <Field label="Name" error={create.fields.name} isRequired>
            <Input
              value={name}
              maxLength={64}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          {from === 'empty' && (
            <Field label="Size in GiB" error={create.fields['from.sizeBytes']} isRequired>
              <Input inputMode="decimal" value={size} onChange={(event) => setSize(event.target.value)} />
            </Field>
          )}
          {from === 'upload' && (
            <Field
              label="Image file"
              hint={file ? formatBytes(file.size) : 'Raw or qcow2, without a backing file.'}
              error={create.fields['from.fileName']}
              isRequired
            >
              <input
                type="file"
                aria-label="Image file"
                className="control w-full p-1.5"
                onChange={(event) => setFile(event.target.files?.[0] ?? null)}
              />
            </Field>
          )}
          {from === 'import' && <ImportField region={region} value={path} onValueChange={setPath} />}
          {from === 'backup' && (
            <>
              <BackupField
                region={region}
                value={pointId}
                onValueChange={(id, found) => {
                  setPointId(id);
                  setBackup(found);
                  setPosition(String(found?.disks[0]?.position ?? 0));
                }}
                error={create.fields['from.pointId']}
              />
              {backup && backup.disks.length > 1 && (
                <Field label="Which of its disks" isRequired>
                  <Select
                    value={position}
                    onValueChange={setPosition}
                    options={backup.disks.map((disk) => ({
                      value: String(disk.position),
                      label: disk.name,
                      description: formatBytes(disk.sizeBytes),
                    }))}
                  />
                </Field>
              )}
            </>
          )}
          <Field label="Format" hint="qcow2 takes room only as it fills; raw is read by any tool." isRequired>
            <Select
              value={format}
              onValueChange={(value) => setFormat(value as typeof format)}
              options={[
                { value: 'qcow2', label: 'qcow2' },
                { value: 'raw', label: 'raw' },
              ]}
            />
          </Field>
          {from !== 'backup' && (
            <EncryptionField
              region={region}
              value={kmsKey}
              onValueChange={setKmsKey}
              error={create.fields.kmsKey}
            />
          )}
          {upload && (
            <TransferProgress
              label="Sending the file"
              doneBytes={upload.doneBytes}
              totalBytes={upload.totalBytes}
              rateBytesPerSecond={upload.rateBytesPerSecond}
              state={upload.error ? 'failed' : 'running'}
            />
          )}
          {upload?.error && <Callout kind="danger">{upload.error}</Callout>}
          <FormError error={create.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            isLoading={create.isPending || (upload !== null && !upload.error)}
          >
            Create disk
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

function ImportField({
  region,
  value,
  onValueChange,
}: {
  region: string;
  value: string;
  onValueChange: (path: string) => void;
}) {
  const images = useQuery(importableImagesQuery(region));
  const items = images.data?.items ?? [];
  return (
    <Field
      label="File"
      error={images.error?.message}
      hint={images.data && items.length === 0 ? 'The import folders are empty.' : undefined}
      isRequired
    >
      <Select
        value={value}
        onValueChange={onValueChange}
        options={items.map(({ path, sizeBytes }) => ({
          value: path,
          label: path.slice(path.indexOf('/') + 1),
          description: formatBytes(sizeBytes),
        }))}
      />
    </Field>
  );
}

const plain = 'plain';

/** Plain, or encrypted under a key of the account; for that the project allows the use of its keys once. */
function EncryptionField({
  region,
  value,
  onValueChange,
  error,
}: {
  region: string;
  value: string | null;
  onValueChange: (key: string | null) => void;
  error?: string;
}) {
  const keys = useQuery(keysQuery());
  const permission = useQuery(diskKeyPermissionQuery(region));
  const allow = useAction(allowDiskKeysAction);
  const refusal = useRefusal('keys.manage');
  return (
    <>
      <Field
        label="Encryption"
        hint="Cannot be changed later. Backups of an encrypted disk are encrypted too."
        error={error}
      >
        <Select
          value={value ?? plain}
          onValueChange={(next) => onValueChange(next === plain ? null : next)}
          options={[
            { value: plain, label: 'Not encrypted' },
            ...(keys.data?.items ?? []).map((key) => ({
              value: key.id,
              label: key.alias ?? key.id,
              disabledReason: key.state === 'enabled' ? null : 'It is not enabled.',
            })),
          ]}
        />
      </Field>
      {value !== null && permission.data && !permission.data.isGranted && (
        <Callout
          kind="warning"
          action={
            <Button
              size="sm"
              disabledReason={refusal}
              isLoading={allow.isPending}
              onClick={() => allow.send({ region })}
            >
              Allow the use of keys
            </Button>
          }
        >
          {`The disk service may not use the keys of this project in ${regionName(region)} yet. Allow it once; it then opens encrypted disks for servers, backups and downloads.`}
        </Callout>
      )}
      {allow.error && <Callout kind="danger">{allow.error.message}</Callout>}
    </>
  );
}

'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Field } from '@/components/ui/field';
import { formatBytes, formatTime } from '@/components/ui/format';
import { Select } from '@/components/ui/select';
import { backupPagesQuery } from '@/lib/backups/query';
import type { Backup } from '@/lib/backups/schemas';

interface BackupFieldProps {
  region: string;
  /** Of servers and disks when left out. */
  kind?: Backup['kind'];
  value: string;
  onValueChange: (id: string, backup: Backup | undefined) => void;
  error?: string;
  hint?: string;
}

/** A backup of this region, own or accepted. */
export function BackupField({ region, kind, value, onValueChange, error, hint }: BackupFieldProps) {
  const backups = useInfiniteQuery(backupPagesQuery({ region, ...(kind && { kind }), limit: 200 }));
  const items = backups.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Field
      label="Backup"
      error={error}
      hint={backups.data && items.length === 0 ? 'There is no backup in this region yet.' : hint}
      isRequired
    >
      <Select
        value={value}
        onValueChange={(id) =>
          onValueChange(
            id,
            items.find((item) => item.id === id),
          )
        }
        options={items.map((backup) => ({
          value: backup.id,
          label: backup.name,
          description: `${backup.source.name} · ${formatTime(new Date(backup.point.createdAt))} · ${formatBytes(backup.sizeBytes)}${backup.isEncrypted ? ' · encrypted' : ''}`,
          disabledReason: backup.state === 'deleting' ? 'It is being deleted.' : null,
        }))}
      />
    </Field>
  );
}

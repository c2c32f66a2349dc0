'use client';

import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button, IconButton } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input } from '@/components/ui/input';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { maxTags, type Tag } from '@/lib/vaults/tags';
import { setVaultTagsAction } from '../actions';
import type { VaultPanelProps } from './use-vault-actions';

interface Row extends Tag {
  id: number;
}

/** All tags of a vault, edited together. */
export function TagsPanel({ vault, onClose }: VaultPanelProps) {
  const { show } = useFlash();
  const [rows, setRows] = useState<Row[]>(() => vault.tags.map((tag, id) => ({ ...tag, id })));
  const [nextId, setNextId] = useState(vault.tags.length);
  const save = useAction(setVaultTagsAction, (saved) => {
    show({ kind: 'success', title: `The tags of ${saved.name} are saved.` });
    onClose();
  });
  const add = () => {
    setRows([...rows, { id: nextId, key: '', value: '' }]);
    setNextId(nextId + 1);
  };
  const change = (id: number, part: Partial<Tag>) =>
    setRows(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.send({ id: vault.id, tags: rows.map(({ key, value }) => ({ key, value })) });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Change tags"
      description={`${vault.name} · ${rows.length} of ${maxTags}`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <p className="text-muted">
            Lists can be filtered by tags. A key stands once on a vault and does not begin with aliyun or
            acs:.
          </p>
          <ul className="flex flex-col gap-3">
            {rows.map((row, at) => {
              const error = save.fields[`tags.${at}.key`] ?? save.fields[`tags.${at}.value`];
              return (
                <li key={row.id} className="flex flex-col gap-1.5">
                  <div className="flex items-center gap-2">
                    <Input
                      aria-label={`Key of tag ${at + 1}`}
                      aria-invalid={save.fields[`tags.${at}.key`] ? true : undefined}
                      placeholder="Key"
                      value={row.key}
                      maxLength={128}
                      className="flex-1"
                      onChange={(event) => change(row.id, { key: event.target.value })}
                    />
                    <Input
                      aria-label={`Value of tag ${at + 1}`}
                      placeholder="Value"
                      value={row.value}
                      maxLength={128}
                      className="flex-1"
                      onChange={(event) => change(row.id, { value: event.target.value })}
                    />
                    <IconButton
                      label={`Remove tag ${at + 1}`}
                      icon={<X />}
                      onClick={() => setRows(rows.filter(({ id }) => id !== row.id))}
                    />
                  </div>
                  {error && <FieldError>{error}</FieldError>}
                </li>
              );
            })}
          </ul>
          <div>
            <Button
              icon={<Plus />}
              onClick={add}
              disabledReason={rows.length >= maxTags ? `A vault has at most ${maxTags} tags.` : null}
            >
              Add tag
            </Button>
          </div>
          {save.fields.tags && <FieldError>{save.fields.tags}</FieldError>}
          <FormError error={save.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={save.isPending}>
            Save tags
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

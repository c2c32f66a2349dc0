'use client';

import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input } from '@/components/ui/input';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { folderPath } from '@/lib/directory/rules';
import type { DirectoryFolder } from '@/lib/directory/schemas';
import { createFolderAction, renameFolderAction } from '../actions';
import { FolderSelect } from './folder-select';
import type { PanelProps } from './use-directory-panels';

/** Makes a folder under `parentId`, or renames `folder`. */
export function FolderPanel(props: PanelProps & { parentId?: string; folder?: DirectoryFolder }) {
  const { directory, folder, onClose } = props;
  const [name, setName] = useState(folder?.name ?? '');
  const [parentId, setParentId] = useState(props.parentId ?? directory.rootFolderId);
  const { show } = useFlash();
  const done = (verb: string) => (made: DirectoryFolder) => {
    show({ kind: 'success', title: `The folder ${made.name} is ${verb}.` });
    onClose();
  };
  const create = useAction(createFolderAction, done('created'));
  const rename = useAction(renameFolderAction, done('renamed'));
  const sent = folder ? rename : create;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (folder) rename.send({ id: folder.id, name });
    else create.send({ parentId, name });
  };
  const title = folder ? 'Rename folder' : 'Create folder';
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={title}
      size="sm"
      description={folder ? folderPath(directory.folders, folder.id).join(' / ') : undefined}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field label="Folder name" hint="Up to 24 characters." error={sent.fields.name} isRequired>
            <Input
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={24}
              autoComplete="off"
            />
          </Field>
          {!folder && (
            <Field label="Inside" error={create.fields.parentId} isRequired>
              <FolderSelect directory={directory} value={parentId} onValueChange={setParentId} />
            </Field>
          )}
          <FormError error={sent.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={sent.isPending}>
            {title}
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button, IconButton } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Id } from '@/components/ui/copyable';
import { DialogFooter } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { shareProjectQuery } from '@/lib/backup-shares/query';
import {
  type BackupShare,
  maxProjects,
  type ShareProjectCheck,
  shareRefusals,
} from '@/lib/backup-shares/schemas';
import type { Backup } from '@/lib/backups/schemas';
import { ProjectId } from '@/lib/projects/schemas';
import { shareBackupAction } from '../actions';
import { ShareKeys } from './share-keys';

interface ShareTabProps {
  backup: Backup;
  openShares: BackupShare[];
  onClose: () => void;
}

/** Projects are checked one by one as they are added, and shared with together. */
export function ShareTab({ backup, openShares, onClose }: ShareTabProps) {
  const { show } = useFlash();
  const [projects, setProjects] = useState<ShareProjectCheck[]>([]);
  const share = useAction(shareBackupAction, ({ items }) => {
    show({
      kind: 'success',
      title: `The backup ${backup.name} is shared with ${plural(items.length, 'project')}.`,
      detail: 'Each recipient accepts or rejects it under Backups shared with me.',
    });
    onClose();
  });
  const missing = projects.some(({ missingKeys }) => missingKeys.length > 0);
  const used = openShares.length + projects.length;
  return (
    <>
      <div className="flex flex-col gap-4 pb-4">
        {backup.shareRefusal && <Callout kind="warning">{backup.shareRefusal}</Callout>}
        <AddProject
          backupId={backup.id}
          known={projects.map(({ projectId }) => projectId)}
          isFull={used >= maxProjects}
          isRefused={backup.shareRefusal !== null}
          onAdd={(project) => setProjects([...projects, project])}
        />
        <section aria-label="Projects to share with" className="rounded-md border border-line">
          <header className="flex items-baseline justify-between border-line border-b px-3 py-2">
            <h3 className="font-medium">Projects</h3>
            <span className="text-muted tabular-nums">
              {used}/{maxProjects}
            </span>
          </header>
          {projects.length === 0 ? (
            <p className="px-3 py-3 text-muted">
              {openShares.length > 0
                ? `Shared with ${plural(openShares.length, 'project')} already. Add another one above.`
                : 'Add the project id of each recipient above.'}
            </p>
          ) : (
            <ul className="divide-y divide-line">
              {projects.map((project, at) => (
                <li key={project.projectId} className="px-3 py-2.5">
                  <div className="flex items-start justify-between gap-3">
                    <p className="wrap-anywhere min-w-0 font-medium">{project.account.name}</p>
                    <IconButton
                      size="icon-sm"
                      icon={<X />}
                      label={`Remove ${project.account.name}`}
                      className="-my-1"
                      onClick={() => setProjects(projects.filter((one) => one !== project))}
                    />
                  </div>
                  <Id value={project.projectId} cut="whole" />
                  {share.fields[`projectIds.${at}`] && (
                    <p className="text-danger text-sm">{share.fields[`projectIds.${at}`]}</p>
                  )}
                  {project.missingKeys.length > 0 && (
                    <ShareKeys
                      project={project}
                      backupId={backup.id}
                      onShared={(next) => setProjects(projects.map((one) => (one === project ? next : one)))}
                    />
                  )}
                </li>
              ))}
            </ul>
          )}
        </section>
        <p className="text-muted text-sm">
          A recipient takes the backup into a vault of its own and pays for that storage; sharing costs
          nothing else. The copy keeps the retention of this backup and goes when this backup goes.
        </p>
        <FormError error={share.error} />
      </div>
      <DialogFooter className="sticky bottom-0 -mx-5 rounded-b-lg bg-raised">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="primary"
          isLoading={share.isPending}
          disabledReason={
            projects.length === 0
              ? 'Add at least one project.'
              : missing
                ? 'Share the key of the backup first.'
                : null
          }
          onClick={() =>
            share.send({ pointId: backup.id, projectIds: projects.map(({ projectId }) => projectId) })
          }
        >
          Share backup
        </Button>
      </DialogFooter>
    </>
  );
}

interface AddProjectProps {
  backupId: string;
  known: string[];
  isFull: boolean;
  isRefused: boolean;
  onAdd: (project: ShareProjectCheck) => void;
}

function AddProject({ backupId, known, isFull, isRefused, onAdd }: AddProjectProps) {
  const queryClient = useQueryClient();
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isChecking, setIsChecking] = useState(false);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const parsed = ProjectId.safeParse(text);
    if (!parsed.success) return setError(parsed.error.issues[0]?.message ?? null);
    if (known.includes(parsed.data)) return setError('This project is in the list already.');
    setIsChecking(true);
    try {
      onAdd(await queryClient.fetchQuery(shareProjectQuery(backupId, parsed.data)));
      setText('');
      setError(null);
    } catch (refusal) {
      setError(refusal instanceof Error ? refusal.message : 'The project could not be checked.');
    } finally {
      setIsChecking(false);
    }
  };
  return (
    <form noValidate onSubmit={(event) => void add(event)} className="flex items-start gap-2">
      <Field
        label="Recipient’s project id"
        hint={
          isFull
            ? shareRefusals[6701].message
            : 'Of the same region. The recipient finds it under My credentials.'
        }
        error={error}
        className="flex-1"
      >
        <Input
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setError(null);
          }}
          spellCheck={false}
          autoCapitalize="none"
          className="font-mono"
        />
      </Field>
      <Button
        type="submit"
        icon={<Plus />}
        className="mt-6.5"
        isLoading={isChecking}
        disabledReason={
          isRefused ? 'The backup cannot be shared.' : isFull ? shareRefusals[6701].message : null
        }
      >
        Add
      </Button>
    </form>
  );
}

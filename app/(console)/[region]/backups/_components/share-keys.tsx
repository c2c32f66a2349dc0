'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { createKeyGrantAction } from '@/app/(console)/[region]/keys/actions';
import { addShareKeysAction, shareKeyAction } from '@/app/(console)/[region]/shared-by-me/actions';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { shareProjectQuery } from '@/lib/backup-shares/query';
import type { ShareProjectCheck } from '@/lib/backup-shares/schemas';
import { resourceSharesQuery } from '@/lib/resource-shares/query';

interface ShareKeysProps {
  project: ShareProjectCheck;
  backupId: string;
  onShared: (project: ShareProjectCheck) => void;
}

/** The key that a backup is under is shared with its recipient first, from here: by a grant or by a resource share. */
export function ShareKeys({ project, backupId, onShared }: ShareKeysProps) {
  const queryClient = useQueryClient();
  const refusal = useRefusal('keys.manage', 'share');
  const [isByShare, setIsByShare] = useState(false);
  const [key] = project.missingKeys;
  const look = async () => {
    const check = { ...shareProjectQuery(backupId, project.projectId), staleTime: 0 };
    onShared(await queryClient.fetchQuery(check));
  };
  const grant = useAction(createKeyGrantAction, look);
  if (!key) return null;
  const keyName = <span className="wrap-anywhere font-mono">{key.alias ?? key.id}</span>;
  if (key.awaitedShare) {
    return (
      <Callout
        kind="warning"
        className="mt-2"
        title="Its key is shared once the recipient accepts"
        action={
          <Button size="sm" onClick={() => void look()}>
            Look again
          </Button>
        }
      >
        {project.account.name} is invited to the resource share {key.awaitedShare.name}, which holds {keyName}
        . The backup can be shared when the invitation is accepted.
      </Callout>
    );
  }
  return (
    <Callout
      kind="warning"
      className="mt-2"
      title="Its key is not shared with this project"
      action={
        <span className="flex flex-wrap gap-2">
          <Button
            size="sm"
            isLoading={grant.isPending}
            disabledReason={refusal}
            onClick={() => grant.send({ keyId: key.id, grantee: project.projectId })}
          >
            Share key
          </Button>
          <Button size="sm" disabledReason={refusal} onClick={() => setIsByShare(!isByShare)}>
            Use a resource share
          </Button>
        </span>
      }
    >
      The backup is under the key {keyName}. The engine opens it with that key while it copies;{' '}
      {project.account.name} never holds it.
      {grant.error && <span className="block text-danger">{grant.error.message}</span>}
      {isByShare && <ByResourceShare keyId={key.id} project={project} onDone={look} />}
    </Callout>
  );
}

interface ByResourceShareProps {
  keyId: string;
  project: ShareProjectCheck;
  onDone: () => Promise<void>;
}

const makeNew = 'new';

function ByResourceShare({ keyId, project, onDone }: ByResourceShareProps) {
  const shares = useQuery(resourceSharesQuery()).data?.items ?? [];
  const others = shares.filter(({ keys }) => keys.every(({ id }) => id !== keyId));
  const reaching = others.filter(({ principals }) =>
    principals.some(({ type, id, status }) =>
      type === 'account'
        ? id === project.account.id && status.startsWith('associat')
        : status === 'associated',
    ),
  );
  const [chosen, setChosen] = useState(makeNew);
  const [name, setName] = useState(`keys-for-${project.account.id}`);
  const add = useAction(addShareKeysAction, onDone);
  const make = useAction(shareKeyAction, onDone);
  const send = () =>
    chosen === makeNew
      ? make.send({ mode: 'new', keyId, name, principals: [{ type: 'account', id: project.account.id }] })
      : add.send({ shareId: chosen, keyIds: [keyId] });
  const error = add.error ?? (make.fields.name ? null : make.error);
  return (
    <span className="mt-3 flex flex-col gap-3">
      <Field
        label="Resource share"
        hint="Those that name this account or a part of the resource directory, or a new one."
      >
        <Select
          value={chosen}
          onValueChange={setChosen}
          options={[
            { value: makeNew, label: 'Create a resource share' },
            ...reaching.map(({ id, name: label }) => ({ value: id, label })),
          ]}
        />
      </Field>
      {chosen === makeNew && (
        <Field label="Resource share name" error={make.fields.name}>
          <Input value={name} maxLength={50} onChange={(event) => setName(event.target.value)} />
        </Field>
      )}
      {error && <span className="text-danger">{error.message}</span>}
      <span>
        <Button size="sm" isLoading={add.isPending || make.isPending} onClick={send}>
          Add key to share
        </Button>
      </span>
    </span>
  );
}

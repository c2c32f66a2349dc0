'use client';

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { Input } from '@/components/ui/input';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { keyGrantsQuery } from '@/lib/key-grants/query';
import { purposeSentence } from '@/lib/key-grants/schemas';
import { type KmsKey, keyTrouble } from '@/lib/keys/schemas';
import { createKeyGrantAction } from '../actions';
import { KeyGrantList } from './key-grant-list';

/** With whom a key is shared, and sharing it with one more. */
export function KeyGrantsPanel({ kmsKey, onClose }: { kmsKey: KmsKey; onClose: () => void }) {
  const { show } = useFlash();
  const [grantee, setGrantee] = useState('');
  const grants = useQuery({ ...keyGrantsQuery({ keyId: kmsKey.id }), staleTime: 0 });
  const refusal = useRefusal('keys.manage', 'share');
  const trouble = keyTrouble({
    state: kmsKey.state,
    deletionAt: kmsKey.deletionAt ? new Date(kmsKey.deletionAt) : null,
  });
  const share = useAction(createKeyGrantAction, (grant) => {
    show({
      kind: 'success',
      title: `The key ${kmsKey.alias ?? kmsKey.id} is shared with ${grant.grantee.name}.`,
    });
    setGrantee('');
    void grants.refetch();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    share.send({ keyId: kmsKey.id, grantee });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Share key"
      description={kmsKey.alias ?? kmsKey.id}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Callout title="What the other account may do with it">{purposeSentence}</Callout>
          <Field
            label="Account UID or project id"
            error={share.fields.grantee}
            hint="The UID of 16 digits covers all projects of the account. Its owner finds both under My credentials."
            isRequired
          >
            <Input
              value={grantee}
              onChange={(event) => setGrantee(event.target.value)}
              spellCheck={false}
              autoCapitalize="none"
              className="font-mono"
            />
          </Field>
          <FormError error={share.error} />
          <KeyGrantList
            grants={grants.data?.items}
            error={grants.error?.message}
            nameOf={({ grantee }) => grantee}
            empty="This key is shared with nobody."
            onRetired={() => void grants.refetch()}
          />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Close</Button>
          <Button
            type="submit"
            variant="primary"
            isLoading={share.isPending}
            disabledReason={refusal ?? (trouble ? `The key ${trouble.what}.` : null)}
          >
            Share key
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

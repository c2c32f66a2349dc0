'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import type { FormEvent } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { keyName } from '@/app/(console)/[region]/_components/shares/principal-words';
import { ShareChoice, useShareChoice } from '@/app/(console)/[region]/_components/shares/share-choice';
import { shareKeyAction } from '@/app/(console)/[region]/shared-by-me/actions';
import { sectionHref } from '@/components/console/navigation';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { purposeSentence } from '@/lib/key-grants/schemas';
import { type KmsKey, keyTrouble } from '@/lib/keys/schemas';
import { resourceSharesQuery } from '@/lib/resource-shares/query';

/** Puts a key into a resource share: for several accounts, a directory or a folder at once. */
export function KeySharePanel({ kmsKey, onClose }: { kmsKey: KmsKey; onClose: () => void }) {
  const { region } = useParams<{ region: string }>();
  const choice = useShareChoice((share) => share.keys.some(({ id }) => id === kmsKey.id));
  const refusal = useRefusal('keys.manage', 'share');
  const { show } = useFlash();
  const trouble = keyTrouble({
    state: kmsKey.state,
    deletionAt: kmsKey.deletionAt ? new Date(kmsKey.deletionAt) : null,
  });
  const add = useAction(shareKeyAction, (share) => {
    const invited = share.principals.filter((principal) => principal.invitationStatus === 'pending').length;
    show({
      kind: 'success',
      title: `${keyName(kmsKey)} is in the resource share ${share.name}.`,
      detail:
        invited > 0
          ? `${plural(invited, 'invitation')} waiting for an answer; the key is shared once it is accepted.`
          : undefined,
      link: { label: 'Open resource shares', href: sectionHref(region, 'shared-by-me') },
    });
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.send({ keyId: kmsKey.id, ...choice.input });
  };
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Add key to a resource share"
      size="lg"
      description={keyName(kmsKey)}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Callout title="What its principals may do with it">{purposeSentence}</Callout>
          <HoldingShares keyId={kmsKey.id} region={region} />
          <ShareChoice choice={choice} fields={add.fields} resource="key" />
          <FormError error={add.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            isLoading={add.isPending}
            disabledReason={refusal ?? (trouble ? `The key ${trouble.what}.` : null)}
          >
            Add key to share
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

function HoldingShares({ keyId, region }: { keyId: string; region: string }) {
  const shares = useQuery(resourceSharesQuery()).data?.items ?? [];
  const holding = shares.filter(({ keys }) => keys.some(({ id }) => id === keyId));
  if (holding.length === 0) return null;
  return (
    <p className="text-muted">
      In{' '}
      {holding.map(({ id, name }, at) => (
        <span key={id}>
          {at > 0 && ', '}
          <Link className="link" href={`${sectionHref(region, 'shared-by-me')}/${id}`}>
            {name}
          </Link>
        </span>
      ))}{' '}
      already. It is taken out there.
    </p>
  );
}

'use client';

import type { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { CodeBlock } from '@/components/ui/copyable';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { CreatedAlertContact } from '@/lib/alerts/schemas';

interface SigningSecretPanelProps {
  created: z.infer<typeof CreatedAlertContact>;
  onClose: () => void;
}

export function SigningSecretPanel({
  created: { contact, signingSecret },
  onClose,
}: SigningSecretPanelProps) {
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Contact added"
      description={contact.name}
    >
      <PanelBody>
        <Callout kind="warning" title="Copy the signing secret now">
          It is shown only here. With it the receiver tells alerts of Crossvault from those that anyone could
          send.
        </Callout>
        <div className="flex flex-col gap-1.5">
          <p className="font-medium">Signing secret</p>
          <CodeBlock text={signingSecret ?? ''} label="Copy signing secret" />
        </div>
        <p className="text-muted">
          Each message carries webhook-id, webhook-timestamp and webhook-signature as the Standard Webhooks
          specification describes, so its libraries check it. A message may come twice: the id is then the
          same.
        </p>
        <p className="text-muted">
          A first message is on its way to {contact.address}. Alerts follow once it was answered with a status
          from 200 to 299.
        </p>
      </PanelBody>
      <PanelFooter>
        <Button variant="primary" onClick={onClose}>
          I have copied the secret
        </Button>
      </PanelFooter>
    </SidePanel>
  );
}

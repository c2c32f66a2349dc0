'use client';

import { useQuery } from '@tanstack/react-query';
import { BellPlus } from 'lucide-react';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useState } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { Tabs } from '@/components/ui/tabs';
import { alertContactsQuery } from '@/lib/alerts/query';
import { contactsPerAccount } from '@/lib/alerts/schemas';
import { ContactsTable } from './contacts-table';
import { CreateContactPanel } from './create-contact-panel';
import { DeliveriesTable } from './deliveries-table';

const tabs = ['contacts', 'sent'] as const;

export function AlertsPage() {
  const [tab, setTab] = useQueryState('tab', parseAsStringLiteral(tabs).withDefault('contacts'));
  const [isCreating, setIsCreating] = useState(false);
  const contacts = useQuery(alertContactsQuery());
  const refusal = useRefusal('alerts.manage');
  const isFull = (contacts.data?.items.length ?? 0) >= contactsPerAccount;
  const full = isFull ? `An account has at most ${contactsPerAccount} contacts. Delete one first.` : null;
  const create = (
    <Button
      variant="primary"
      icon={<BellPlus />}
      disabledReason={refusal ?? full}
      onClick={() => setIsCreating(true)}
    >
      Add contact
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Alerts"
        description="Notifications of this console, sent by e-mail or to a webhook as well."
        actions={create}
      />
      <Tabs
        label="Alerts"
        value={tab}
        onValueChange={(value) => void setTab(value as (typeof tabs)[number])}
        tabs={[
          {
            value: 'contacts',
            label: 'Contacts',
            content: <ContactsTable contacts={contacts} create={create} />,
          },
          { value: 'sent', label: 'What was sent', content: <DeliveriesTable /> },
        ]}
      />
      {isCreating && (
        <CreateContactPanel
          canSendMail={contacts.data?.canSendMail ?? true}
          onClose={() => setIsCreating(false)}
        />
      )}
    </>
  );
}

'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { Bell, MailCheck, Pencil, Send, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { useFlash } from '@/components/ui/flash';
import type { AlertContact, AlertContactList } from '@/lib/alerts/schemas';
import { testAlertContactAction } from '../actions';
import { contactColumns } from './contact-columns';
import { DeleteContactDialog } from './delete-contact-dialog';
import { EditContactPanel } from './edit-contact-panel';
import { VerifyContactPanel } from './verify-contact-panel';

type Opened = { what: 'edit' | 'verify' | 'delete'; contact: AlertContact };

interface ContactsTableProps {
  contacts: UseQueryResult<z.infer<typeof AlertContactList>>;
  create: ReactNode;
}

export function ContactsTable({ contacts, create }: ContactsTableProps) {
  const { show } = useFlash();
  const refusal = useRefusal('alerts.manage');
  const [opened, setOpened] = useState<Opened | null>(null);
  const test = useAction(testAlertContactAction, (contact) =>
    show({ kind: 'info', title: `A message to ${contact.name} is on its way.` }),
  );
  const close = () => setOpened(null);
  const mayConfirm = (contact: AlertContact) =>
    contact.kind === 'email' && !contact.verifiedAt
      ? refusal
      : 'Only an e-mail address is confirmed by a code.';
  return (
    <>
      <DataTable<AlertContact>
        id="alert-contacts"
        title="Contacts"
        noun="contacts"
        columns={contactColumns}
        rows={contacts.data?.items}
        getRowId={(contact) => contact.id}
        getRowName={(contact) => contact.name}
        error={test.error?.message ?? contacts.error?.message}
        onRetry={() => {
          test.reset();
          void contacts.refetch();
        }}
        defaultSort={{ columnId: 'name', isDescending: false }}
        searchPlaceholder="Find by name or address"
        rowActions={(contact) => [
          {
            label: 'Enter code',
            icon: <MailCheck />,
            disabledReason: contact.verifiedAt ? 'This contact has been confirmed.' : mayConfirm(contact),
            onSelect: () => setOpened({ what: 'verify', contact }),
          },
          {
            label: contact.verifiedAt ? 'Send test' : 'Send confirmation again',
            icon: <Send />,
            disabledReason: refusal,
            onSelect: () => test.send({ id: contact.id }),
          },
          {
            label: 'Edit contact',
            icon: <Pencil />,
            disabledReason: refusal,
            onSelect: () => setOpened({ what: 'edit', contact }),
          },
          {
            label: 'Delete contact',
            icon: <Trash2 />,
            isDanger: true,
            disabledReason: refusal,
            onSelect: () => setOpened({ what: 'delete', contact }),
          },
        ]}
        empty={{
          icon: <Bell />,
          title: 'Alerts stay in this console',
          description:
            'Add a mailbox or a webhook, and failed jobs, missed objectives, expiring invitations and keys to be destroyed reach you when nobody looks here.',
          action: create,
        }}
      />
      {opened?.what === 'edit' && <EditContactPanel contact={opened.contact} onClose={close} />}
      {opened?.what === 'verify' && <VerifyContactPanel contact={opened.contact} onClose={close} />}
      {opened?.what === 'delete' && <DeleteContactDialog contact={opened.contact} onClose={close} />}
    </>
  );
}

import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { createAlertContact } from './create-contact';
import { deleteAlertContact } from './delete-contact';
import { listAlertContacts } from './list-contacts';
import { listAlertDeliveries } from './list-deliveries';
import { AlertContact, AlertContactList, AlertDelivery, CreatedAlertContact } from './schemas';
import { testAlertContact } from './test-contact';
import { updateAlertContact } from './update-contact';
import { verifyAlertContact } from './verify-contact';

const tag = 'alerts';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/alert-contacts',
    tag,
    summary: 'List alert contacts',
    verb: listAlertContacts,
    response: AlertContactList,
  }),
  route({
    method: 'POST',
    path: '/alert-contacts',
    tag,
    summary: 'Create an alert contact',
    description:
      'A webhook is signed as Standard Webhooks describe (`webhook-id`, `webhook-timestamp`, `webhook-signature`); the secret is shown in this answer only. An e-mail address is confirmed by a code.',
    status: 201,
    verb: createAlertContact,
    response: CreatedAlertContact,
  }),
  route({
    method: 'PATCH',
    path: '/alert-contacts/{id}',
    tag,
    summary: 'Change what an alert contact hears of',
    verb: updateAlertContact,
    response: AlertContact,
  }),
  route({
    method: 'DELETE',
    path: '/alert-contacts/{id}',
    tag,
    summary: 'Delete an alert contact',
    verb: deleteAlertContact,
    response: AlertContact,
  }),
  route({
    method: 'POST',
    path: '/alert-contacts/{id}/verify',
    tag,
    summary: 'Confirm an e-mail address by its code',
    verb: verifyAlertContact,
    response: AlertContact,
  }),
  route({
    method: 'POST',
    path: '/alert-contacts/{id}/test',
    tag,
    summary: 'Send a test, or the confirmation again',
    verb: testAlertContact,
    response: AlertContact,
  }),
  route({
    method: 'GET',
    path: '/alert-deliveries',
    tag,
    summary: 'List what was sent',
    description: 'The newest two hundred.',
    verb: listAlertDeliveries,
    response: listOf(AlertDelivery),
  }),
];

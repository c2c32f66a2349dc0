export { createAlertContact } from './create-contact';
export { deleteAlertContact } from './delete-contact';
export { listAlertContacts } from './list-contacts';
export { listAlertDeliveries } from './list-deliveries';
export { testAlertContact } from './test-contact';
export { updateAlertContact } from './update-contact';
export { verifyAlertContact } from './verify-contact';

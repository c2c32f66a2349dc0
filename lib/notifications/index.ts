export { listNotifications } from './list-notifications';
export { type NewNotification, notify } from './notify';
export { type AccountNotice, notifyAccount } from './notify-account';
export { readNotifications } from './read-notifications';

export { cancelKeyDeletion } from './cancel-key-deletion';
export { createKey } from './create-key';
export { getKey } from './get-key';
export { requireEnabledKey } from './internal';
export { listKeys } from './list-keys';
export { scheduleKeyDeletion } from './schedule-key-deletion';
export { setKeyState } from './set-key-state';
export { updateKey } from './update-key';

export { createKey } from './create-key';
export { destroyKey } from './destroy-key';
export { getKey } from './get-key';
export { requireEnabledKey } from './internal';
export { listKeys } from './list-keys';
export { setKeyState } from './set-key-state';

export { createKeyGrant } from './create-key-grant';
export { listKeyGrants } from './list-key-grants';
export { retireKeyGrant } from './retire-key-grant';
export { checkGrantable } from './rules';

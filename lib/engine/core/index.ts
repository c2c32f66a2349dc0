export * from './chunk';
export * from './point';
export * from './restore-options';
export * from './store/object-store';
export * from './tree/entry';
export * from './tree/ports';
export * from './vault-index';
export * from './vault-io';

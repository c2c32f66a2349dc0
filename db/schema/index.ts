export * from './accounts';
export * from './points';
export * from './sharing';
export * from './vaults';

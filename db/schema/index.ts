export * from './accounts';
export * from './points';
export * from './policies';
export * from './sharing';
export * from './vaults';

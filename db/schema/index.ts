export * from './accounts';
export * from './audit';
export * from './billing';
export * from './directory';
export * from './points';
export * from './policies';
export * from './sharing';
export * from './vaults';

export { checkDestination } from './check-destination';
export { estimateRestore } from './estimate-restore';
export { listRestoreDestinations } from './list-restore-destinations';
export { listRestoreKinds } from './list-restore-kinds';
export { startRestore } from './start-restore';

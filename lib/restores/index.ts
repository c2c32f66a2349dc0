export { estimateRestore } from './estimate-restore';
export { listRestoreDestinations } from './list-restore-destinations';
export { startRestore } from './start-restore';

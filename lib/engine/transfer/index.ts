export {
  type AbandonedCopy,
  abandonCopy,
  findAbandonedCopies,
  isAbandoned,
  renewCopyPins,
} from './copy-pins';
export { Replicator, type StepOutcome } from './replicator';
export { tellOwner } from './tell-error';

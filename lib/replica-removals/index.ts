export { removalDuty } from './removal-duty';

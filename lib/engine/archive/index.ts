export { abandonedArchivings, findAbandonedArchivings } from './abandoned';
export { Archiver } from './archiver';
export { archivingDueIn, dueArchivings } from './claim';

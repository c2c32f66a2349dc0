export { exportAuditCsv, exportAuditJson } from './export-audit-events';
export { exportSignedAudit, getSignedHead } from './export-signed-audit';
export { checkAuditChain, getAuditChain } from './get-audit-chain';
export { listAuditEvents } from './list-audit-events';

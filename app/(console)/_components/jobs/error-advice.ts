const advice: Record<string, string> = {
  key_unavailable: 'Enable the key of the vault on the Keys page, then start the job again.',
  storage_unavailable:
    'The storage of the vault did not answer. Check its disk or mount, then start the job again.',
  unavailable:
    'Crossvault could not be reached for too long. Check the host’s connection, then start the job again.',
  forbidden: 'The client may no longer do this. Enrol the host again if it was revoked.',
  locked: 'The vault is locked and refused the change.',
  quota_exceeded: 'A limit of the account is reached. Free some room, then start the job again.',
  expired: 'The backup point expired meanwhile. Choose a newer one.',
  not_found: 'What the job needs is no longer there. Check the paths, the vault and the backup point.',
  invalid_input: 'Check the paths of the job on the host, then start it again.',
  not_eligible: 'Choose another vault or another client.',
  corrupt_data:
    'Some stored bytes do not match their names. Nothing wrong was written. Restore from the second copy, or from an older point.',
};

const general = 'Start the job again. Data that was already sent is not sent twice.';

/** What to do about a job that failed with this code. */
export function adviseOn(code: string): string {
  return advice[code] ?? general;
}

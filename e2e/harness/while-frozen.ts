/** Holds a process still while a reader looks at what it does: what is seen does not depend on how fast it is. */
export async function whileFrozen(pid: number, look: () => Promise<void>): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  try {
    await look();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

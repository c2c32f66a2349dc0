import { getJob } from '@/lib/jobs';
import { startReplication } from '@/lib/replication';
import { startRestore } from '@/lib/restores';
import { familyCpuSeconds, type Measurement, peakBytes, resetPeak, runCommand, timed } from '../measure';
import { program, type Side } from './accounts';
import type { Installation } from './installation';
import { type Copies, untilCopied } from './replication-times';
import { waitFor } from './wait-for';

/** With the CPU time and memory of engine and database, which are nobody's children that have ended. */
export async function measureWork<T>(
  { enginePid, postgresPid, dataFolder }: Installation,
  work: () => Promise<T>,
): Promise<{ result: T } & Measurement> {
  const cpu = () => familyCpuSeconds(enginePid) + familyCpuSeconds(postgresPid);
  resetPeak(enginePid);
  const before = cpu();
  const measured = await timed(dataFolder, work);
  const cpuSeconds = measured.cpuSeconds! + cpu() - before;
  return { ...measured, cpuSeconds, peakBytes: { engine: peakBytes(enginePid) } };
}

/** One command of the client on its host. @param within a command that runs a command. */
export async function runClient(
  installation: Installation,
  { configDir, vaultId }: Side,
  words: string[],
  within: string[] = [],
): Promise<Measurement> {
  const [verb, ...rest] = words;
  const command = [
    ...[...within, installation.node, ...(process.env.BENCH_CLIENT_FLAGS?.split(' ') ?? [])],
    ...[program, verb!, '--vault', vaultId, ...rest],
  ];
  const { result, ...measured } = await measureWork(installation, () =>
    runCommand(command, { CROSSVAULT_CLIENT_DIR: configDir }),
  );
  return { ...measured, peakBytes: { ...measured.peakBytes, client: result.peakBytes } };
}

/** From the first call until every point of the source is at the target. */
export async function replicate(
  installation: Installation,
  source: Side,
  target: Pick<Side, 'vaultId'>,
): Promise<Measurement & { replicationId: string; copies: Copies }> {
  installation.use();
  const { result, ...measured } = await measureWork(installation, async () => {
    const ids = { sourceVaultId: source.vaultId, targetVaultId: target.vaultId };
    const { id } = await startReplication(source.ctx, ids);
    return { replicationId: id, copies: await untilCopied(installation, id) };
  });
  return { ...measured, ...result };
}

/** By the daemon of a client, to a folder of its host. @throws when it is not complete. */
export async function restore(
  installation: Installation,
  { ctx, clientId }: Side,
  daemonPid: number,
  { pointId, targetPath }: { pointId: string; targetPath: string },
): Promise<Measurement> {
  installation.use();
  resetPeak(daemonPid);
  const clientCpu = familyCpuSeconds(daemonPid);
  const { result, ...measured } = await measureWork(installation, async () => {
    const destination = { kind: 'host' as const, targetPath };
    const { id } = await startRestore(ctx, { pointId, clientId, selection: { mode: 'all' }, destination });
    return waitFor(async () => {
      const job = await getJob(ctx, { id });
      return job.finishedAt ? job : null;
    });
  });
  if (result.status !== 'complete')
    throw new Error(`The restore is ${result.status}: ${result.error?.message}`);
  return {
    ...measured,
    cpuSeconds: measured.cpuSeconds! + familyCpuSeconds(daemonPid) - clientCpu,
    peakBytes: { ...measured.peakBytes, client: peakBytes(daemonPid) },
  };
}

import { parseArgs } from 'node:util';
import { operatorContext } from '@/lib/accounts';
import { createCapacityPlan } from '@/lib/billing';
import { readEnv } from '@/lib/env';
import { CrossvaultError } from '@/lib/errors';
import { loadRegions } from '@/lib/regions';
import { connectAsOwner } from '../operator/connect';
import { Problem } from '../setup/problem.mjs';

const usage = `Use: npm run capacity-plan -- <account id> --name "…" --gib <size> --from <day> --to <day> [--region <region>]
Days are written 2026-01-31 and are those of UTC. Without a region the plan covers all.`;

const gib = 2 ** 30;

/** `npm run capacity-plan`: the same purchase record as an administrator makes in the console. @throws Problem. */
export async function run(args: string[]): Promise<void> {
  const { accountId, input } = parse(args);
  const env = readEnv();
  loadRegions(env);
  const owner = await connectAsOwner(env, 'crossvault-capacity-plan');
  const context = operatorContext(owner, accountId);
  try {
    const plan = await createCapacityPlan(
      { ...context, actor: { ...context.actor, role: 'administrator' } },
      input,
    );
    const where = plan.region ?? 'all regions';
    console.log(
      `Recorded ${plan.name} (${plan.id}) for ${accountId}: ${where}, ${plan.startsOn} to ${plan.endsOn}.`,
    );
  } catch (error) {
    throw error instanceof CrossvaultError ? new Problem(tell(error)) : error;
  } finally {
    await owner.$client.end({ timeout: 5 });
  }
}

function tell({ message, fields = {} }: CrossvaultError): string {
  return [message, ...Object.entries(fields).map(([field, why]) => `${field}: ${why}`)].join('\n');
}

function parse(args: string[]) {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        gib: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        region: { type: 'string' },
      },
    });
    const [accountId] = positionals;
    const { name, from, to, region = null } = values;
    const capacityBytes = Math.round(Number(values.gib) * gib);
    if (positionals.length === 1 && accountId && name && from && to && capacityBytes > 0)
      return { accountId, input: { name, capacityBytes, region, startsOn: from, endsOn: to } };
  } catch {
    // Said below, with what would be right.
  }
  throw new Problem(usage);
}

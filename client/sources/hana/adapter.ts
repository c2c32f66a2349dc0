import { readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { OfferedSource } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import type { SourceCheck } from '@/lib/sources/schemas';
import { readParameters } from '../../backint/parameters';
import type { ClientFolder } from '../../config';
import type { SourceAdapter, SourceContext } from '../adapter';
import { prepareRecovery } from './prepare-recovery';

/**
 * What the daemon does for an SAP HANA instance: it looks whether the Backint agent is set up and prepares recoveries. The
 * bytes go through the agent, which the database starts itself.
 */
export const hanaAdapter: SourceAdapter = {
  check,

  /** The folders of the databases that have used Backint here. */
  async list({ path }, { source }) {
    if (path !== '/') return { entries: [], nextCursor: null };
    const names = await readdir(join(systemFolder(sidOf(source)), 'backint')).catch(() => []);
    const databases = names.filter((name) => name === 'SYSTEMDB' || name.startsWith('DB_')).sort();
    return {
      entries: databases.map((name) => ({
        path: `/${name}`,
        name: name.replace(/^DB_/, ''),
        ...{ isFolder: false, sizeBytes: null, modifiedAt: null, detail: null },
      })),
      nextCursor: null,
    };
  },

  async backup() {
    throw new CrossvaultError(
      'not_eligible',
      'HANA starts its backups itself. Start or schedule one in HANA, with Backint as its destination.',
      { reason: 'hana_starts_backups' },
    );
  },

  restore: prepareRecovery,
};

async function check({ source, folder }: SourceContext): Promise<SourceCheck> {
  const sid = sidOf(source);
  const file = parameterFileOf(folder, sid);
  const facts = [{ label: 'Parameter file', value: file }];
  try {
    const { instance, vault, recover_command } = await readParameters(file);
    facts.push({ label: 'Vault', value: vault ?? 'the only one' });
    facts.push({ label: 'Recovery command', value: recover_command ?? 'none: statements are run by hand' });
    if (instance !== sid && instance !== source.id)
      return unusable(`${file} names the instance ${instance}, and this one is ${sid}.`, facts);
  } catch (error) {
    const how = `Run "crossvault hana setup --sid ${sid}" on the host.`;
    return unusable(`The Backint agent is not set up: ${(error as Error).message} ${how}`, facts);
  }
  const agent = await findAgent(sid);
  if (!agent)
    return unusable(
      `${agentPath(sid)} is not there. Link it to the agent, as "crossvault hana setup" says.`,
      facts,
    );
  return {
    isUsable: true,
    message: 'The Backint agent is set up.',
    facts: [...facts, { label: 'Agent', value: agent }],
  };
}

export function parameterFileOf(folder: ClientFolder, sid: string): string {
  return folder.file('hana', `${sid}.utl`);
}

export const systemFolder = (sid: string) => `/usr/sap/${sid}/SYS/global/hdb`;
export const agentPath = (sid: string) => `${systemFolder(sid)}/opt/hdbbackint`;

async function findAgent(sid: string): Promise<string | null> {
  const path = agentPath(sid);
  return readlink(path).catch(() => realpath(path).catch(() => null));
}

function sidOf({ config }: OfferedSource): string {
  if (config.kind !== 'hana') throw new Error('Invariant broken: the HANA adapter serves HANA');
  return config.sid;
}

function unusable(message: string, facts: SourceCheck['facts']): SourceCheck {
  return { isUsable: false, message, facts };
}

import { mkdir, writeFile } from 'node:fs/promises';
import { dataSources } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { HanaDouble } from './hana-double';
import type { TestHost } from './test-host';

/** A registered instance on a test host, and databases of it. */
export class HanaHost {
  private constructor(
    readonly host: TestHost,
    private readonly agent: string,
    readonly sourceId: string,
    private readonly sid: string,
  ) {}

  static async register(
    { owner }: TestDatabase,
    host: TestHost,
    agent: string,
    sid = 'HXE',
  ): Promise<HanaHost> {
    const id = newId('ds');
    const config = {
      ...{ kind: 'hana', sid, instanceNumber: '00', databases: [sid] },
      ...{ dataRetentionDays: 40, logRetentionDays: 10 },
    };
    const [accountId, clientId] = [host.accountId, host.enrolment.clientId];
    await owner
      .insert(dataSources)
      .values({ ...{ accountId, clientId, id, config }, kind: 'hana', item: `${sid}/00`, name: sid });
    return new HanaHost(host, agent, id, sid);
  }

  /** @param user whose backups the calls are about, as HANA gives it. */
  database(
    user = `${this.sid}@${this.sid}`,
    more: Record<string, string | number> = {},
  ): Promise<HanaDouble> {
    const folder = this.host.at(`hana ${user} ${newId('x')}`);
    return HanaDouble.make(this.agent, folder, user, {
      ...{ instance: this.sourceId, vault: this.host.vaultId, client_dir: this.host.folder.path },
      ...{ pipe_timeout_seconds: 20, ...more },
    });
  }

  /** The file that the daemon of the host looks into. */
  async writeOwnParameters(more: Record<string, string>): Promise<void> {
    const folder = this.host.folder.file('hana');
    await mkdir(folder, { recursive: true });
    const lines = Object.entries({ instance: this.sid, ...more }).map(
      ([key, value]) => `${key} = ${value}\n`,
    );
    await writeFile(this.host.folder.file('hana', `${this.sid}.utl`), lines.join(''));
  }
}

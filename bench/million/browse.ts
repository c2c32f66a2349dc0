import { createAccessKey } from '@/lib/accounts';
import { dispatch } from '@/lib/api/dispatch';
import { routes } from '@/lib/api/routes';
import { readSettings } from '@/lib/api/settings';
import { EntryPage } from '@/lib/backup-points/schemas';
import type { Context } from '@/lib/context';
import type { Installation } from '../crossvault/installation';

const settings = readSettings({
  DATABASE_URL: 'postgres://given-below',
  NEXTAUTH_URL: 'http://console.bench:3000',
  NEXTAUTH_SECRET: 'a secret of at least thirty-two characters',
});

/** The console's own address for the folders of a point: signed in, answered by its route out of the vault's bytes. */
export class TreeBrowser {
  readonly seconds: number[] = [];

  private constructor(
    private readonly installation: Installation,
    private readonly secret: string,
    private readonly pointId: string,
  ) {}

  static async open(installation: Installation, ctx: Context, pointId: string): Promise<TreeBrowser> {
    const { secret } = await createAccessKey(ctx, { name: 'bench' });
    return new TreeBrowser(installation, secret, pointId);
  }

  /** One page of a folder, as the tree browser asks for it. */
  async list(path: string, cursor: string | null = null) {
    const query = new URLSearchParams({ path, ...(cursor !== null && { cursor }) });
    const url = `${settings.publicOrigin}/api/v1/backup-points/${this.pointId}/entries?${query}`;
    const request = new Request(url, { headers: { authorization: `Bearer ${this.secret}` } });
    const startedAt = performance.now();
    const response = await dispatch({ db: this.installation.app, settings }, routes, request);
    const body = await response.text();
    this.seconds.push((performance.now() - startedAt) / 1000);
    if (!response.ok) throw new Error(`The tree browser was told ${response.status}: ${body.slice(0, 500)}`);
    return EntryPage.parse(JSON.parse(body));
  }

  /** All pages of a folder, one after the other. */
  async *walk(path: string) {
    for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
      const page: Awaited<ReturnType<TreeBrowser['list']>> = await this.list(path, cursor);
      yield* page.entries;
      cursor = page.nextCursor;
    }
  }
}

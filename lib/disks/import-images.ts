import { askEngine } from '@/lib/engine/gateway/internal-client';
import { requireRegion } from '@/lib/regions';
import { listOf } from '@/lib/schemas';
import { readVerb, thenOutside } from '@/lib/verb';
import { ImportableImage, ListImportableImages } from './schemas';

const authoriseImports = readVerb({
  action: 'disks.list_importable',
  permission: 'servers.manage',
  input: ListImportableImages,
  run: async ({ input }) => requireRegion(input.region),
});

/** Images that the operator has laid out for import in a region. The engine looks: the files are on its machine. */
export const listImportableImages = thenOutside(authoriseImports, (ctx, _, input) =>
  askEngine(
    { accountId: ctx.accountId, userId: ctx.actor.userId, op: 'disk-imports', pointId: null },
    input,
    listOf(ImportableImage),
    ctx.clock.now(),
  ),
);

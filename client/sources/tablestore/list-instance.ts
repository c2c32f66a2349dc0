import { CrossvaultError } from '@/lib/errors';
import type { QuestionBody, SourceCheck, SourceListing } from '@/lib/sources/schemas';
import type { SourceContext } from '../adapter';
import type { TableSchema } from './model';
import { openInstance } from './open-source';
import { findTable } from './restore/prepare-tables';
import type { WideColumnSource } from './wide-column-source';

/** Tables described in one answer: each is a request. */
const pageSize = 50;
const describedAtOnce = 8;
/** Whoever asked waits; a busy instance is tried again for a moment only. */
const questionPatienceMs = 8_000;

interface Question extends SourceContext {
  allowsPrivateEndpoints: boolean;
}

async function withInstance<T>(
  { source, signal, allowsPrivateEndpoints }: Question,
  ask: (instance: WideColumnSource, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const opened = await openInstance(source, {
    allowsPrivateEndpoints,
    patienceMs: questionPatienceMs,
    limits: { silenceMs: 10_000, deadlineMs: 20_000 },
  });
  try {
    return await ask(opened.source, signal);
  } finally {
    opened.source.close();
  }
}

/** Whether the instance lets this key in. What it refuses is the answer. */
export async function checkInstance(context: Question): Promise<SourceCheck> {
  try {
    const tables = await withInstance(context, (instance, signal) => instance.listTables(signal));
    const count = tables.length;
    return {
      isUsable: true,
      message: `The instance answers and has ${count === 1 ? 'one table' : `${count} tables`}.`,
      facts: [{ label: 'Tables', value: String(count) }],
    };
  } catch (error) {
    if (context.signal.aborted || !(error instanceof CrossvaultError)) throw error;
    return { isUsable: false, message: error.message, facts: [] };
  }
}

/** The instance's tables, each with its key and options in few words. */
export async function listInstance(
  { path, cursor }: QuestionBody,
  context: Question,
): Promise<SourceListing> {
  if (path.replaceAll('/', '') !== '')
    throw new CrossvaultError('not_found', 'Tables have nothing below them that can be listed.');
  return withInstance(context, async (instance, signal) => {
    const tables = (await instance.listTables(signal)).filter((table) => !cursor || table > cursor);
    const page = tables.slice(0, pageSize);
    const schemas: (TableSchema | null)[] = [];
    for (let at = 0; at < page.length; at += describedAtOnce)
      schemas.push(
        ...(await Promise.all(
          page.slice(at, at + describedAtOnce).map((table) => findTable(instance, table, signal)),
        )),
      );
    const indexes = new Set(schemas.flatMap((schema) => schema?.indexes.map(({ name }) => name) ?? []));
    const entries = page.flatMap((name, i) => {
      const schema = schemas[i];
      return schema && !indexes.has(name) ? [entryOf(name, schema)] : [];
    });
    return { entries, nextCursor: tables.length > page.length ? (page.at(-1) ?? null) : null };
  });
}

function entryOf(name: string, schema: TableSchema): SourceListing['entries'][number] {
  return {
    path: `/${name}`,
    name,
    isFolder: false,
    sizeBytes: null,
    modifiedAt: null,
    detail: describeTable(schema).slice(0, 200),
  };
}

/** `tenant, id · 3 versions · kept 30 days · 1 index` */
export function describeTable({ key, options, indexes }: TableSchema): string {
  const { maxVersions, timeToLiveSeconds } = options;
  return [
    key.map(({ name, isAutoIncrement }) => (isAutoIncrement ? `${name} (auto-increment)` : name)).join(', '),
    maxVersions > 1 ? `${maxVersions} versions` : null,
    timeToLiveSeconds === -1 ? null : `kept ${Math.round(timeToLiveSeconds / 86_400)} days`,
    indexes.length > 0 ? `${indexes.length} ${indexes.length === 1 ? 'index' : 'indexes'}` : null,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

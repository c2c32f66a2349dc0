import { Readable } from 'node:stream';
import { webDoor } from '@/lib/api/context';
import { toErrorResponse } from '@/lib/api/http-errors';
import { toKnownError } from '@/lib/api/known-errors';
import { contextFromHeaders } from '@/lib/api/request-context';
import { downloadDisk, uploadDisk } from '@/lib/disks';
import { DiskFormat } from '@/lib/disks/schemas';
import { CrossvaultError } from '@/lib/errors';

// The bytes of a disk to and from a browser, passed on to the engine, which has them. Not of a vault: those go by the gateway.

type Params = { params: Promise<{ id: string }> };

/** The next piece of a file that a disk is made of. */
export async function POST(request: Request, { params }: Params): Promise<Response> {
  try {
    const ctx = await contextFromHeaders(webDoor(), request.headers, { isChange: true });
    const offset = Number(new URL(request.url).searchParams.get('offset'));
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw new CrossvaultError('invalid_input', 'An offset is a whole number of bytes.');
    const bytes = new Uint8Array(await request.arrayBuffer());
    const answer = await uploadDisk({ offset, bytes })(ctx, { id: (await params).id });
    return Response.json(answer, { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    return toErrorResponse(toKnownError(error, { action: 'disks.upload' }));
  }
}

/** A disk as a file. */
export async function GET(request: Request, { params }: Params): Promise<Response> {
  try {
    const ctx = await contextFromHeaders(webDoor(), request.headers, { isChange: false });
    const format = DiskFormat.catch('raw').parse(new URL(request.url).searchParams.get('format'));
    const { answer, fileName } = await downloadDisk(ctx, { id: (await params).id, format });
    return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, {
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': answer.headers['content-length'] ?? '',
        'content-disposition': `attachment; filename="${fileName}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "sandbox; default-src 'none'",
      },
    });
  } catch (error) {
    return toErrorResponse(toKnownError(error, { action: 'disks.download' }));
  }
}

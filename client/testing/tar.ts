import { createHash } from 'node:crypto';

/** A tar archive of files, as `docker save` lays one out. A name over 100 bytes gets a PAX header of its own. */
export function tarOf(files: Record<string, Buffer | string>): Buffer {
  const parts = Object.entries(files).flatMap(([name, content]) => {
    const bytes = Buffer.from(content);
    if (name.length <= 100) return entry(name, bytes, '0');
    const record = ` path=${name}\n`;
    const length = record.length + String(record.length + 3).length;
    return [...entry('pax', Buffer.from(`${length}${record}`), 'x'), ...entry('long', bytes, '0')];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function entry(name: string, bytes: Buffer, kind: string): Buffer[] {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.fill(' ', 148, 156);
  header.write(kind, 156);
  header.write('ustar\0', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
}

export const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** What `docker save` writes for one image with these layers. */
export function dockerFiles(tag: string, layers: Buffer[]): Record<string, Buffer | string> {
  const names = layers.map((layer) => `blobs/sha256/${sha256(layer)}`);
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers' } });
  const configName = `blobs/sha256/${sha256(config)}`;
  return {
    ...Object.fromEntries(names.map((name, index) => [name, layers[index]!])),
    [configName]: config,
    'manifest.json': JSON.stringify([{ Config: configName, RepoTags: [tag], Layers: names }]),
  };
}

/** An OCI image layout of one image with these layers. */
export function ociFiles(tag: string, layers: Buffer[]): Record<string, Buffer | string> {
  const blobs = Object.fromEntries(layers.map((layer) => [`blobs/sha256/${sha256(layer)}`, layer]));
  const manifest = JSON.stringify({
    schemaVersion: 2,
    layers: layers.map((layer) => ({ digest: `sha256:${sha256(layer)}`, size: layer.length })),
  });
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  return {
    'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
    'index.json': JSON.stringify({ manifests: [{ digest: `sha256:${sha256(manifest)}`, annotations }] }),
    [`blobs/sha256/${sha256(manifest)}`]: manifest,
    ...blobs,
  };
}

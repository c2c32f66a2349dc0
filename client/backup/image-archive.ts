import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import type { StreamDetails } from '@/lib/jobs/schemas';
import type { StreamInput } from './stream-input';
import { malformed, type TarEntry, TarReader, type TarWatcher } from './tar-entries';

const maxJsonBytes = 4 * 1024 * 1024;
const maxTags = 200;

/** `manifest.json` of `docker save`. */
const DockerManifest = z
  .array(
    z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }),
  )
  .min(1);
/** `index.json` of an OCI image layout. */
const OciIndex = z.object({
  manifests: z
    .array(z.object({ digest: z.string(), annotations: z.record(z.string(), z.string()).optional() }))
    .min(1),
});
const tagAnnotations = ['io.containerd.image.name', 'org.opencontainers.image.ref.name'];

/** Checks the bytes of another input as an image archive while they pass through. */
export function imageInput(inner: StreamInput): StreamInput {
  const archive = new ImageArchive();
  return {
    sizeBytes: inner.sizeBytes,
    async *open(signal) {
      for await (const bytes of inner.open(signal)) {
        archive.push(bytes);
        yield bytes;
      }
    },
    async finish() {
      const { flaws } = await inner.finish();
      return { details: archive.finish(), flaws };
    },
  };
}

/**
 * Follows a `docker save` archive or an OCI image layout: it must hold a manifest and every file that the manifest names,
 * and each blob must be what its name says. Keeps names and the manifest, never the layers.
 */
export class ImageArchive implements TarWatcher {
  readonly #tar = new TarReader(this);
  readonly #names = new Set<string>();
  readonly #manifests = new Map<string, string>();
  #entry: TarEntry = { name: '', sizeBytes: 0, isFile: false };
  #kept: Buffer[] | null = null;
  #blob: { hash: Hash; digest: string } | null = null;

  push(bytes: Uint8Array): void {
    this.#tar.push(bytes);
  }

  begin(entry: TarEntry): void {
    const name = entry.name.replace(/^\.\//, '');
    this.#entry = { ...entry, name };
    this.#names.add(name);
    const isManifest = ['manifest.json', 'index.json', 'oci-layout'].includes(name);
    if (isManifest && entry.sizeBytes > maxJsonBytes) throw malformed(`its ${name} is too long`);
    this.#kept = isManifest ? [] : null;
    const digest = entry.isFile ? /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1] : undefined;
    this.#blob = digest ? { hash: createHash('sha256'), digest } : null;
  }

  piece(bytes: Uint8Array): void {
    this.#kept?.push(Buffer.from(bytes));
    this.#blob?.hash.update(bytes);
  }

  end(): void {
    if (this.#kept) this.#manifests.set(this.#entry.name, Buffer.concat(this.#kept).toString('utf8'));
    if (this.#blob && this.#blob.hash.digest('hex') !== this.#blob.digest)
      throw malformed(`the blob ${this.#blob.digest.slice(0, 12)} does not match its digest`);
  }

  /** @returns the layout and the tags. @throws `invalid_input` for anything that no container engine would load. */
  finish(): StreamDetails {
    this.#tar.finish();
    const docker = this.#read('manifest.json', DockerManifest);
    if (docker) {
      this.#requireFiles(docker.flatMap(({ Config, Layers }) => [Config, ...Layers]));
      return { format: 'docker', tags: distinct(docker.flatMap(({ RepoTags }) => RepoTags ?? [])) };
    }
    const index = this.#names.has('oci-layout') ? this.#read('index.json', OciIndex) : null;
    if (!index) throw malformed('it holds neither the manifest.json of docker save nor an OCI image layout');
    this.#requireFiles(index.manifests.map(({ digest }) => `blobs/${digest.replace(':', '/')}`));
    const tagOf = (notes: Record<string, string> = {}) =>
      tagAnnotations.map((key) => notes[key]).find(Boolean);
    const tags = index.manifests.flatMap(({ annotations }) => tagOf(annotations) ?? []);
    return { format: 'oci', tags: distinct(tags) };
  }

  #read<S extends z.ZodType>(name: string, schema: S): z.infer<S> | null {
    const text = this.#manifests.get(name);
    if (text === undefined) return null;
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      throw malformed(`its ${name} is not one`);
    }
  }

  #requireFiles(names: string[]): void {
    const missing = names.find((name) => !this.#names.has(name));
    if (missing !== undefined)
      throw malformed(`its manifest names ${missing.slice(0, 200)}, which it does not hold`);
  }
}

const distinct = (tags: string[]) => [...new Set(tags.map((tag) => tag.slice(0, 512)))].slice(0, maxTags);

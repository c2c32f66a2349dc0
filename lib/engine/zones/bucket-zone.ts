import { readFileSync } from 'node:fs';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import type { ObjectStore } from '@/lib/engine/core';
import { s3Presets } from '@/lib/engine/core/store/s3/presets';
import { createS3Client, type OnS3Request } from '@/lib/engine/core/store/s3/s3-client';
import { explain } from '@/lib/engine/core/store/s3/s3-errors';
import { S3Store } from '@/lib/engine/core/store/s3/s3-store';
import type { BucketEntry } from '@/lib/regions';
import type { OpenZone } from './open-region-storage';
import { hashOf } from './probe-zone';
import { readBucketKey } from './read-bucket-key';

export interface BucketOptions {
  /** Lets every endpoint lie in a private network, whatever its zone says. */
  allowsPrivateEndpoints: boolean;
  environment: Record<string, string | undefined>;
  onRequest: OnS3Request;
}

/** A bucket as a zone: vaults lie below `<prefix>/vaults/<vaultId>/`. Throws when its credentials are not to be had. */
export function openBucketZone(
  region: string,
  id: string,
  entry: BucketEntry,
  options: BucketOptions,
): OpenZone {
  const { bucket, prefix, preset, endpoint } = entry;
  const client = createS3Client(
    {
      ...entry,
      credentials: readBucketKey(`The zone ${id} of ${region}`, entry.credentials, options.environment),
      ...(entry.caFile && { ca: readFileSync(entry.caFile, 'utf8') }),
      allowsPrivateEndpoint: entry.allowPrivateEndpoint || options.allowsPrivateEndpoints,
    },
    options.onRequest,
  );
  const stores = new Map<string, ObjectStore>();
  const root = prefix ? `${prefix}/` : '';
  return {
    id,
    region,
    medium: 'bucket',
    vaultStore(vaultId) {
      const at = `${root}vaults/${vaultId}/`;
      const store =
        stores.get(vaultId) ?? new S3Store({ client, bucket, prefix: at, abilities: s3Presets[preset] });
      stores.set(vaultId, store);
      return store;
    },
    async removeVault(vaultId) {
      await stores.get(vaultId)?.sweepUnfinished?.(new Date(8_640_000_000_000_000));
      stores.delete(vaultId);
    },
    async probe() {
      await client.send(new HeadBucketCommand({ Bucket: bucket })).catch((error) => {
        throw explain(error, 'be reached', bucket);
      });
      return { device: hashOf(`endpoint ${new URL(endpoint).host}`), capacityBytes: null, freeBytes: null };
    },
  };
}

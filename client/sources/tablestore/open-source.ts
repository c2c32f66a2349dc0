import type { z } from 'zod';
import type { OfferedSource } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import { findRegisteredKind } from '@/lib/sources/schemas';
import { SdkSource, type SourceOptions } from './sdk-source';

interface Secret {
  accessKeyId: string;
  accessKeySecret: string;
}

export interface InstanceOptions extends SourceOptions {
  /** The operator's word, for S3 endpoints and these. */
  allowsPrivateEndpoints: boolean;
}

/** The instance that a registered source stands for. Nothing is sent. The caller closes it. */
export async function openInstance(
  source: OfferedSource | null,
  { allowsPrivateEndpoints, ...options }: InstanceOptions,
): Promise<{ source: SdkSource; instance: string }> {
  if (source?.config.kind !== 'tablestore')
    throw new Error('Invariant broken: the work is about a Tablestore instance');
  const { endpoint, instance } = source.config;
  const secret = (findRegisteredKind('tablestore')!.secret as z.ZodType<Secret>).safeParse(source.secret);
  if (!secret.success)
    throw new CrossvaultError(
      'state_conflict',
      `The access key of ${source.name} cannot be read. Enter it again in the data source.`,
      { reason: 'secret_missing', cause: secret.error },
    );
  const address = { endpoint, instance, ...secret.data, allowsPrivateEndpoint: allowsPrivateEndpoints };
  return { source: await SdkSource.open(address, options), instance };
}

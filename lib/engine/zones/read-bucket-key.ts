import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { BucketEntry } from '@/lib/regions';

const KeyFile = z.object({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) });

/** The key pair that a zone refers to. Throws with the name of what is missing, never with what was read. */
export function readBucketKey(
  zone: string,
  reference: BucketEntry['credentials'],
  environment: Record<string, string | undefined>,
): z.output<typeof KeyFile> {
  if ('file' in reference) return readKeyFile(zone, reference.file);
  const [accessKeyId, secretAccessKey] = [reference.accessKeyIdEnv, reference.secretAccessKeyEnv].map(
    (name) => {
      const value = environment[name];
      if (!value) throw new Error(`${zone} has no credentials: the environment variable ${name} is not set.`);
      return value;
    },
  );
  return { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! };
}

function readKeyFile(zone: string, file: string): z.output<typeof KeyFile> {
  let parsed: ReturnType<typeof KeyFile.safeParse>;
  try {
    parsed = KeyFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const { code = 'no JSON' } = error as NodeJS.ErrnoException;
    throw new Error(`${zone} has no credentials: the secrets file ${file} cannot be read (${code}).`);
  }
  if (parsed.success) return parsed.data;
  throw new Error(`${zone} has no credentials: ${file} has to hold accessKeyId and secretAccessKey.`);
}

import { z } from 'zod';
import { isLoopback } from '@/lib/api/peer';

/** Where an S3 key pair is found. The pair itself never stands in the regions file, on a page or in a log. */
const Credentials = z.union(
  [
    z.strictObject({ accessKeyIdEnv: z.string().min(1), secretAccessKeyEnv: z.string().min(1) }),
    z.strictObject({ file: z.string().min(1) }),
  ],
  { error: 'Name two environment variables (accessKeyIdEnv, secretAccessKeyEnv) or a secrets file (file).' },
);

/** Bytes of vaults leave this machine by TLS only. */
function isSafeEndpoint(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  return protocol === 'https:' || hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

const Bucket = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/, error: 'Give an http or https address.', abort: true })
    .refine(
      isSafeEndpoint,
      'Without TLS only an address of this machine can be used. Give an https address.',
    ),
  region: z.string().min(1).default('us-east-1'),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'Not the name of a bucket.'),
  prefix: z
    .string()
    .regex(/^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?$/, 'Segments joined by /.')
    .default(''),
  /** What the server can do; see docs/operations.md. */
  preset: z.enum(['aws', 'oss', 'minio', 'radosgw']).default('aws'),
  credentials: Credentials,
  /** PEM of the authority that signed the endpoint's certificate, where the system does not know it. */
  caFile: z.string().min(1).optional(),
  /** Allows an endpoint on this machine or in a private network. */
  allowPrivateEndpoint: z.boolean().default(false),
});

const zoneId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,15}$/, 'Up to 16 small letters, digits and dashes.');
const Zone = z.union(
  [z.strictObject({ id: zoneId, folder: z.string().min(1) }), z.strictObject({ id: zoneId, s3: Bucket })],
  { error: 'A zone has an id and either a folder or s3.' },
);

/** Kinds of data sources that a region can offer. */
export const offerableSources = [
  'ecs_file',
  'local_file',
  'oss',
  'nas',
  'common_nas',
  'tablestore',
  'cpfs',
  'hana',
  'database_dump',
  'container_image',
  'disk',
  'server',
] as const;

/** A folder, or a file system mounted there, that holds the region's disks. */
const DiskPool = z.strictObject({ id: zoneId, folder: z.string().min(1) });

const RegionEntry = z.strictObject({
  id: z.string().regex(/^[a-z]{2}-[a-z0-9-]{2,30}$/, 'Two letters, a dash and a name, such as eu-west-1.'),
  name: z.string().trim().min(1).max(64),
  zones: z.array(Zone).min(1, 'A region has at least one zone.').max(5, 'A region has at most five zones.'),
  vaultReplication: z.boolean().default(true),
  backupSharing: z.boolean().default(true),
  sourceKinds: z.array(z.enum(offerableSources)).default([...offerableSources]),
  /** Without any, one of the data folder. */
  diskPools: z.array(DiskPool).max(10, 'A region has at most ten disk pools.').default([]),
  /** Folders out of which images of disks may be imported by name. */
  diskImports: z.array(z.string().min(1)).max(10).default([]),
});

/** The operator's regions file. */
export const RegionsFile = z
  .strictObject({ defaultRegion: z.string().optional(), regions: z.array(RegionEntry).min(1) })
  .superRefine((file, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const ids = file.regions.map(({ id }) => id);
    const places = new Map<string, string>();
    file.regions.forEach((region, at) => {
      if (ids.indexOf(region.id) !== at)
        complain(['regions', at, 'id'], `The region ${region.id} stands twice.`);
      const poolIds = region.diskPools.map(({ id }) => id);
      poolIds.forEach((id, number) => {
        if (poolIds.indexOf(id) !== number)
          complain(['regions', at, 'diskPools', number, 'id'], `The disk pool ${id} stands twice.`);
      });
      const zoneIds = region.zones.map(({ id }) => id);
      region.zones.forEach((zone, number) => {
        const path = ['regions', at, 'zones', number];
        if (zoneIds.indexOf(zone.id) !== number)
          complain([...path, 'id'], `The zone ${zone.id} stands twice.`);
        const place = placeOf(zone);
        const taken = places.get(place);
        // Two zones in one place are one copy that looks like two.
        if (taken) complain(path, `This is the same place as zone ${taken}.`);
        places.set(place, `${zone.id} of ${region.id}`);
      });
    });
    if (file.defaultRegion && !ids.includes(file.defaultRegion))
      complain(['defaultRegion'], 'This region is not in the file.');
  });
export type RegionsFile = z.output<typeof RegionsFile>;
export type RegionEntry = RegionsFile['regions'][number];
export type ZoneEntry = RegionEntry['zones'][number];
export type BucketEntry = Extract<ZoneEntry, { s3: unknown }>['s3'];

function placeOf(zone: z.output<typeof Zone>): string {
  if ('folder' in zone) return `folder ${zone.folder.replace(/\/+$/, '')}`;
  const { endpoint, bucket, prefix } = zone.s3;
  return `bucket ${new URL(endpoint).origin}/${bucket}/${prefix}`;
}

import type { KindFieldsProps } from './kind-fields';

interface ServiceRule {
  label: string;
  endpoint: string;
  endpointHint: string;
  storageRegion: string;
  /** Whether older versions can be listed over the S3 protocol. */
  hasVersions: boolean;
}

/** What each service's forms ask for; the region stands for the one that the source is registered in. */
export const ossServices = {
  oss: {
    label: 'Alibaba Cloud OSS',
    endpoint: 'https://s3.oss-<region>.aliyuncs.com',
    endpointHint: 'The S3-compatible endpoint of the bucket’s region. Tags and versions are not part of it.',
    storageRegion: '<region>',
    hasVersions: false,
  },
  aws: {
    label: 'Amazon S3',
    endpoint: 'https://s3.<region>.amazonaws.com',
    endpointHint: 'The endpoint of the bucket’s region.',
    storageRegion: '<region>',
    hasVersions: true,
  },
  minio: {
    label: 'MinIO',
    endpoint: 'https://minio.example.com:9000',
    endpointHint: 'The address of the server, with its port.',
    storageRegion: 'us-east-1',
    hasVersions: true,
  },
  radosgw: {
    label: 'Ceph Object Gateway',
    endpoint: 'https://rgw.example.com',
    endpointHint: 'The address of the gateway, with its port where it has one.',
    storageRegion: 'us-east-1',
    hasVersions: true,
  },
} as const satisfies Record<string, ServiceRule>;

export type OssService = keyof typeof ossServices;

/** The service of a draft, with the region in its examples. */
export function serviceOf({ config, region }: Pick<KindFieldsProps, 'config' | 'region'>): ServiceRule {
  const found: ServiceRule = ossServices[(config.preset as OssService) ?? 'oss'] ?? ossServices.oss;
  const fill = (text: string) => text.replace('<region>', region);
  return { ...found, endpoint: fill(found.endpoint), storageRegion: fill(found.storageRegion) };
}

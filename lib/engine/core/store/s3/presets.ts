/** What a kind of server can do. */
export interface S3Abilities {
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. */
  pathStyle: boolean;
  /** Whether a put can be told to write only what is not there. Without it two writers may both believe they were first. */
  conditionalPut: boolean;
  /** Whether tags of objects and versions of keys can be asked for. */
  tagging: boolean;
  versions: boolean;
}

export const s3Presets = {
  aws: { pathStyle: false, conditionalPut: true, tagging: true, versions: true },
  oss: { pathStyle: false, conditionalPut: false, tagging: false, versions: false },
  minio: { pathStyle: true, conditionalPut: true, tagging: true, versions: true },
  radosgw: { pathStyle: true, conditionalPut: true, tagging: true, versions: true },
} as const satisfies Record<string, S3Abilities>;

export type S3Preset = keyof typeof s3Presets;

/** What a kind of server can do. */
export interface S3Abilities {
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. */
  pathStyle: boolean;
  /** Whether a put can be told to write only what is not there. Without it two writers may both believe they were first. */
  conditionalPut: boolean;
}

export const s3Presets = {
  aws: { pathStyle: false, conditionalPut: true },
  oss: { pathStyle: false, conditionalPut: false },
  minio: { pathStyle: true, conditionalPut: true },
  radosgw: { pathStyle: true, conditionalPut: true },
} as const satisfies Record<string, S3Abilities>;

export type S3Preset = keyof typeof s3Presets;

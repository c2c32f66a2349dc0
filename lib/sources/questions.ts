import { z } from 'zod';
import { SourceKind } from '@/lib/schemas';
import { SourceConfig } from './config';

/** What is asked of a client or of a region's mover about a source, or about a place that a restore would go to. */
export const QuestionKind = z.enum(['check', 'list', 'destination']);
export type QuestionKind = z.infer<typeof QuestionKind>;

/** Whether something can be reached and used, with what is worth knowing of it. */
export const SourceCheck = z.object({
  isUsable: z.boolean(),
  /** A sentence: what was found, or what is wrong and what to do. */
  message: z.string().max(2000),
  facts: z
    .array(z.object({ label: z.string().max(100), value: z.string().max(500) }))
    .max(20)
    .default([]),
});
export type SourceCheck = z.infer<typeof SourceCheck>;

/** One page of what a folder, a bucket, an instance holds. */
export const SourceListing = z.object({
  entries: z
    .array(
      z.object({
        /** As `paths` of a backup name it. */
        path: z.string().max(4096),
        name: z.string().max(1024),
        /** Whether it can be listed in its turn. */
        isFolder: z.boolean(),
        sizeBytes: z.number().int().nonnegative().nullable().default(null),
        modifiedAt: z.iso.datetime({ offset: true }).nullable().default(null),
        /** Anything else, in few words. */
        detail: z.string().max(200).nullable().default(null),
      }),
    )
    .max(1000),
  nextCursor: z.string().max(2048).nullable().default(null),
});
export type SourceListing = z.infer<typeof SourceListing>;

/** Beside the source: what of it is asked about. */
export const QuestionBody = z.object({
  path: z.string().max(4096).default('/'),
  cursor: z.string().max(2048).nullable().default(null),
});
export type QuestionBody = z.infer<typeof QuestionBody>;

/** What a question's row keeps: no secret. */
export const AskedAbout = QuestionBody.extend({
  /** Null for the client's own host. */
  source: z
    .object({
      id: z.string().nullable(),
      kind: SourceKind,
      name: z.string(),
      region: z.string(),
      config: SourceConfig,
    })
    .nullable(),
});
export type AskedAbout = z.infer<typeof AskedAbout>;

import type { ReactNode } from 'react';

/** A config or secret while it is typed: whatever the kind's schema will say of it. */
export type Draft = Record<string, unknown>;

/** What the form of one kind is given. Errors stand under the names of the fields: `bucket`, `secret.accessKeyId`. */
export interface KindFieldsProps {
  config: Draft;
  secret: Draft;
  onConfigChange: (part: Draft) => void;
  onSecretChange: (part: Draft) => void;
  errors: Record<string, string>;
  /** Where it is registered. */
  region: string;
  /** Of the host that was chosen, for kinds that a host serves. */
  clientId: string;
  /** A source that exists: what tells it from others cannot be changed, and an empty secret stays as it is. */
  isEditing: boolean;
}

export interface KindForm {
  Fields: (props: KindFieldsProps) => ReactNode;
  /** What a new one starts with. */
  config: Draft;
  secret?: Draft;
  /** One sentence: what it backs up and who does it. */
  purpose: string;
}

export const textOf = (value: unknown): string => (value == null ? '' : String(value));

import type { z } from 'zod';
import { findRegisteredKind, type RegisterSource, type RegistrableKind } from '@/lib/sources/schemas';
import type { Draft } from './kinds/kind-fields';

export interface SourceDraft {
  kind: RegistrableKind;
  region: string;
  clientId: string;
  name: string;
  config: Draft;
  secret: Draft;
}

type Problems = Record<string, string>;

/** What the schemas of its kind say of a draft, by the name of the field that shows it. */
export function findProblems(draft: SourceDraft, isEditing: boolean): Problems {
  const kind = findRegisteredKind(draft.kind);
  if (!kind) return {};
  const problems = issuesOf(kind.config.safeParse({ ...draft.config, kind: draft.kind }), '');
  const hasSecret = Object.values(draft.secret).some((value) => value !== '');
  if (kind.secret && (!isEditing || hasSecret)) {
    Object.assign(problems, issuesOf(kind.secret.safeParse(draft.secret), 'secret.'));
  }
  if (kind.servedBy === 'client' && !draft.clientId) {
    problems.clientId = 'Choose the client of the host that it is on.';
  }
  return problems;
}

function issuesOf(parsed: z.ZodSafeParseResult<unknown>, prefix: string): Problems {
  const issues = parsed.success ? [] : parsed.error.issues;
  return Object.fromEntries(issues.map(({ path, message }) => [prefix + path.join('.'), message]).reverse());
}

/** The server names fields as they stand in its input; the form knows those of the config by themselves. */
export function toFormFields(fields: Problems): Problems {
  return Object.fromEntries(
    Object.entries(fields).map(([field, message]) => [
      field.replace(/^source\./, '').replace(/^config\./, ''),
      message,
    ]),
  );
}

export function toInput({
  kind,
  region,
  clientId,
  name,
  config,
  secret,
}: SourceDraft): z.input<typeof RegisterSource> {
  const rules = findRegisteredKind(kind);
  const where = rules?.servedBy === 'client' ? { clientId } : { region };
  return {
    ...where,
    ...(name.trim() && { name: name.trim() }),
    config: { ...config, kind } as z.input<typeof RegisterSource>['config'],
    secret: rules?.secret ? secret : null,
  };
}

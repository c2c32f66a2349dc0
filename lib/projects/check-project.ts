import { CrossvaultError } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { findProject } from './internal';
import { type CheckedProject, CheckProject } from './schemas';

/** The account behind a project id, so that a person sees whom they are about to share with. */
export const checkProject = readVerb({
  action: 'projects.check',
  permission: 'shares.manage',
  input: CheckProject,
  async run({ ctx, tx, input }): Promise<CheckedProject> {
    const project = await findProject(tx, input.id);
    if (!project) throw unknownProject('id');
    const { id, accountId, accountName, region } = project;
    return { id, account: { id: accountId, name: accountName }, region, isOwn: accountId === ctx.accountId };
  },
});

export function unknownProject(field: string): CrossvaultError {
  const why = 'No account has this project id. Its owner finds it under My credentials.';
  return new CrossvaultError('invalid_input', why, { reason: 'unknown_project', fields: { [field]: why } });
}

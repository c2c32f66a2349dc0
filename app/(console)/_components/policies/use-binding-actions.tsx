'use client';

import { runBindingAction, updateBindingAction } from '@/app/(console)/[region]/policies/actions';
import { useFlash } from '@/components/ui/flash';
import type { PolicyBinding } from '@/lib/policies/schemas';
import { jobHref } from '../jobs/job-words';
import { useAction } from '../use-action';

/** What is done with a binding at once, told by a notice. */
export function useBindingActions(region: string) {
  const { show } = useFlash();
  const refused = (title: string) => (error: Error) => show({ kind: 'danger', title, detail: error.message });
  const run = useAction(runBindingAction, (job) =>
    show({
      kind: 'success',
      title: `The backup into ${job.vault.name} is queued.`,
      detail: job.client.isOnline ? undefined : `${job.client.name} is offline. It starts when it is back.`,
      link: { label: 'Open job', href: jobHref(job, region) },
    }),
  );
  const update = useAction(updateBindingAction, (binding) =>
    show({
      kind: 'success',
      title: binding.isEnabled
        ? `Runs for ${binding.source.name} are switched on.`
        : `Runs for ${binding.source.name} are switched off.`,
    }),
  );
  return {
    start: ({ id }: PolicyBinding) => run.send({ id }, refused('It could not be run')),
    toggle: ({ id, isEnabled }: PolicyBinding) =>
      update.send({ id, isEnabled: !isEnabled }, refused('It could not be switched')),
  };
}

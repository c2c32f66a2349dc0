'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { createKeyGrantAction } from '@/app/(console)/[region]/keys/actions';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { shareProjectQuery } from '@/lib/backup-shares/query';
import type { ShareProjectCheck } from '@/lib/backup-shares/schemas';

interface ShareKeysProps {
  project: ShareProjectCheck;
  backupId: string;
  onShared: (project: ShareProjectCheck) => void;
}

/** The key that a backup is under is shared with its recipient first, from here. */
export function ShareKeys({ project, backupId, onShared }: ShareKeysProps) {
  const queryClient = useQueryClient();
  const refusal = useRefusal('keys.manage', 'share');
  const [key] = project.missingKeys;
  const grant = useAction(createKeyGrantAction, async () =>
    onShared(await queryClient.fetchQuery(shareProjectQuery(backupId, project.projectId))),
  );
  if (!key) return null;
  return (
    <Callout
      kind="warning"
      className="mt-2"
      title="Its key is not shared with this project"
      action={
        <Button
          size="sm"
          isLoading={grant.isPending}
          disabledReason={refusal}
          onClick={() => grant.send({ keyId: key.id, grantee: project.projectId })}
        >
          Share key
        </Button>
      }
    >
      The backup is under the key <span className="wrap-anywhere font-mono">{key.alias ?? key.id}</span>. The
      engine opens it with that key while it copies; {project.account.name} never holds it.
      {grant.error && <span className="block text-danger">{grant.error.message}</span>}
    </Callout>
  );
}

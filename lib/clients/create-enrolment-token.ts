import { enrolmentTokens } from '@/db/schema';
import { newId } from '@/lib/context';
import { readGatewayPin } from '@/lib/engine/gateway/internal-client';
import { readEnv } from '@/lib/env';
import { requireRegion, requireSourceKind } from '@/lib/regions';
import { thenOutside, writeVerb } from '@/lib/verb';
import { enrolCommand, enrolmentHours } from './rules';
import { CreateEnrolmentToken } from './schemas';
import { hashSecret, newSecret } from './secrets';

const create = writeVerb({
  action: 'clients.create_enrolment_token',
  permission: 'clients.manage',
  input: CreateEnrolmentToken,
  isAnswerSecret: true,
  async run({ ctx, tx, input, now, audit }) {
    requireSourceKind(requireRegion(input.region), input.placement === 'ecs' ? 'ecs_file' : 'local_file');
    const token = newSecret('cve');
    const id = newId('et');
    const expiresAt = new Date(now.getTime() + enrolmentHours * 3_600_000);
    await tx.insert(enrolmentTokens).values({
      accountId: ctx.accountId,
      id,
      tokenHash: hashSecret(token),
      placement: input.placement,
      region: input.region,
      createdBy: ctx.actor.userId,
      createdAt: now,
      expiresAt,
    });
    await audit({ resourceKind: 'enrolment_token', resourceId: id, after: { ...input, expiresAt } });
    return { id, token, expiresAt: expiresAt.toISOString() };
  },
});

/** A token that enrols one host within the hour, for the placement and region chosen here. Shown once. */
export const createEnrolmentToken = thenOutside(create, async (_, created) => ({
  ...created,
  command: enrolCommand(readEnv().gatewayUrl, created.token, await readGatewayPin()),
}));

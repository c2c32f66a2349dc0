import { EnrolResponse } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import type { ClientFolder, Enrolment } from './config';
import { describeHost } from './host';
import { Gateway } from './net/gateway';
import { parsePin } from './net/pinned-agent';

export interface EnrolInput {
  server: string;
  token: string;
  pin: string;
  name?: string;
  /** Take the place of an enrolment that is there. */
  shouldReplace?: boolean;
}

/** Trades a one-use token for this host's credential. Nothing is sent before the certificate equals the pin. */
export async function enrol(folder: ClientFolder, input: EnrolInput): Promise<Enrolment> {
  const server = parseServer(input.server);
  const pin = parsePin(input.pin);
  if (!input.token.trim())
    throw new CrossvaultError('invalid_input', 'Give the token from the Clients page.');
  const present = input.shouldReplace ? null : await folder.findEnrolment();
  if (present)
    throw new CrossvaultError(
      'already_exists',
      `This host is already enrolled with ${present.server} as "${present.name}". Use --replace to enrol it anew, or --config for another client on the same host.`,
    );
  await folder.prepare();
  const gateway = new Gateway({ server, pin });
  try {
    const host = describeHost();
    const body = { ...host, token: input.token.trim(), name: input.name };
    const { clientId, credential, accountId, accountName, region } = await gateway.postJson(
      '/v1/enrol',
      body,
      EnrolResponse,
    );
    const enrolment: Enrolment = {
      version: 1,
      server,
      pin,
      clientId,
      credential,
      accountId,
      accountName,
      region,
      name: input.name ?? host.hostname,
      enrolledAt: new Date().toISOString(),
    };
    await folder.saveEnrolment(enrolment);
    await folder.saveLastContact(new Date());
    return enrolment;
  } finally {
    gateway.close();
  }
}

/** @returns `https://host:port` without anything after it. */
function parseServer(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'https:' || url.username || url.pathname !== '/' || url.search || url.hash)
    throw new CrossvaultError(
      'invalid_input',
      `"${text}" is not a gateway address. It looks like https://backup.example:7443.`,
    );
  return url.origin;
}

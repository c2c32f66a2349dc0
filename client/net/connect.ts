import type { ClientFolder } from '../config';
import { Gateway } from './gateway';

/** The gateway this host is enrolled with. @throws `unauthenticated` on a host that is not. */
export async function connectEnrolled(folder: ClientFolder): Promise<Gateway> {
  const { server, pin, credential } = await folder.getEnrolment();
  return new Gateway({ server, pin, credential });
}

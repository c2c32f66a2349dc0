import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { createUser } from './create-user';
import { endUserSessions } from './end-user-sessions';
import { listUsers } from './list-users';
import { resetPassword } from './reset-password';
import { User, UserWithPassword } from './schemas';
import { setUserEnabled } from './set-user-enabled';
import { setUserRole } from './set-user-role';
import { unlockSignIn } from './unlock-sign-in';

const described = { method: 'POST', tag: 'users' } as const;
const needsSession = 'Needs a session: an access key cannot change users.';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/users',
    tag: 'users',
    summary: 'List users',
    verb: listUsers,
    response: listOf(User),
  }),
  route({
    ...described,
    path: '/users',
    summary: 'Create a user',
    description: `The one-time password is shown in this answer only. ${needsSession}`,
    status: 201,
    verb: createUser,
    response: UserWithPassword,
  }),
  route({
    ...described,
    path: '/users/{id}/role',
    summary: 'Change the role of a user',
    description: needsSession,
    verb: setUserRole,
    response: User,
  }),
  route({
    ...described,
    path: '/users/{id}/enabled',
    summary: 'Disable or enable a user',
    description: needsSession,
    verb: setUserEnabled,
    response: User,
  }),
  route({
    ...described,
    path: '/users/{id}/reset-password',
    summary: 'Reset the password of a user',
    description: `The one-time password is shown in this answer only. ${needsSession}`,
    verb: resetPassword,
    response: UserWithPassword,
  }),
  route({
    ...described,
    path: '/users/{id}/end-sessions',
    summary: 'End all sessions of a user',
    description: needsSession,
    verb: endUserSessions,
    response: User,
  }),
  route({
    ...described,
    path: '/users/{id}/unlock',
    summary: 'Forget the failed sign-ins of a user',
    description: needsSession,
    verb: unlockSignIn,
    response: User,
  }),
];

import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { changePassword } from './change-password';
import { endOtherSessions, endSession } from './end-sessions';
import { listSessions } from './list-sessions';
import { EndedSessions, Profile, Session } from './schemas';
import { updateProfile } from './update-profile';

const described = { tag: 'profile', description: 'Needs a session: an access key has no profile.' };

export const routes: Route[] = [
  route({
    ...described,
    method: 'PATCH',
    path: '/me',
    summary: 'Change my name',
    verb: updateProfile,
    response: Profile,
  }),
  route({
    ...described,
    method: 'POST',
    path: '/me/password',
    summary: 'Change my password',
    verb: changePassword,
    response: EndedSessions,
  }),
  route({
    ...described,
    method: 'GET',
    path: '/me/sessions',
    summary: 'List my sessions',
    verb: listSessions,
    response: listOf(Session),
  }),
  route({
    ...described,
    method: 'POST',
    path: '/me/sessions/{id}/end',
    summary: 'End one of my sessions',
    verb: endSession,
    response: EndedSessions,
  }),
  route({
    ...described,
    method: 'POST',
    path: '/me/sessions/end-others',
    summary: 'End my other sessions',
    verb: endOtherSessions,
    response: EndedSessions,
  }),
];

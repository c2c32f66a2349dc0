export { createUser } from './create-user';
export { endUserSessions } from './end-user-sessions';
export { listUsers } from './list-users';
export { resetPassword } from './reset-password';
export { setUserEnabled } from './set-user-enabled';
export { setUserRole } from './set-user-role';
export { unlockSignIn } from './unlock-sign-in';

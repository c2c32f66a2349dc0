export { accessKeyPrefix, authenticateAccessKey, authenticateSession, signInFirst } from './authenticate';
export { createAccount, createUser, type NewUser } from './create-account';
export { type OpenedSession, sessionHours, signIn, signOut } from './sign-in';

export { accessKeyPrefix, authenticateAccessKey, authenticateSession, signInFirst } from './authenticate';
export { createAccessKey } from './create-access-key';
export { createAccount, createUser, type NewUser } from './create-account';
export { getMe } from './get-me';
export { listAccessKeys } from './list-access-keys';
export { type AccountSummary, listAccounts } from './list-accounts';
export { revokeAccessKey } from './revoke-access-key';
export { type NewAccountState, operatorContext, setAccountState } from './set-account-state';
export { type OpenedSession, sessionHours, signIn, signOut } from './sign-in';

export { changePassword } from './change-password';
export { endOtherSessions, endSession } from './end-sessions';
export { listSessions } from './list-sessions';
export { updateProfile } from './update-profile';

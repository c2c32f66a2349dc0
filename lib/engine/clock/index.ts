export { type ConfirmedClock, confirmClock, readClock } from './confirm-clock';
export { watchClock } from './watch-clock';

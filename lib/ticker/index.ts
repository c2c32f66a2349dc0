export { wakeTickerOf } from './wake';
export { getTicker, wakeTicker } from './wake-ticker';

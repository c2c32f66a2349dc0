export { startTicker, type Ticker, type TickerEvents, type TickerOptions } from './ticker';

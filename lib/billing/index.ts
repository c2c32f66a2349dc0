export * from './estimates';
export { currentPriceList, getPriceList } from './get-price-list';
export { addMoney, formatMoney, type Money } from './money';
export type { PriceList } from './price-list';
export { readPriceList } from './read-price-list';

export { createCapacityPlan, listCapacityPlans } from './capacity-plans';
export * from './estimates';
export { getPriceList } from './get-price-list';
export { getStatement, listMonths } from './get-statement';
export { addMoney, formatMoney, type Money } from './money';
export type { PriceList } from './price-list';
export { readPriceList } from './read-price-list';
export { loadCurrentPriceList, recordPriceList } from './record-price-list';
export { usageDuty } from './usage-duty';

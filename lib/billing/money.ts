/** An amount in millionths of the currency's unit: whole numbers, so that the lines of a statement add up to its total. */
export interface Money {
  amountMicros: number;
  currency: string;
}

export const bytesPerGib = 2n ** 30n;
/** A month of a price is 30 days, in every month of the calendar. */
export const monthSeconds = 30 * 24 * 3600;

/** The price of a quantity, rounded half up. Both are whole numbers, whatever their size. */
export function chargeMicros(quantity: bigint, perQuantity: bigint, priceMicros: number): number {
  const exact = quantity * BigInt(priceMicros) * 2n + perQuantity;
  return Number(exact / (perQuantity * 2n));
}

/** The price of traffic or of a month's storage. */
export function chargePerGibMicros(sizeBytes: number, pricePerGibMicros: number): number {
  return chargeMicros(BigInt(Math.max(0, Math.round(sizeBytes))), bytesPerGib, pricePerGibMicros);
}

/**
 * `$12.40`, `$0.0832`, `$0.000012`, `$0.00`: two decimals, more for small amounts. What costs something is never shown as
 * nothing.
 */
export function formatMoney({ amountMicros, currency }: Money): string {
  const size = Math.abs(amountMicros);
  const decimals = size === 0 || size >= 1_000_000 ? 2 : size >= 10_000 ? 4 : 6;
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: decimals,
  }).format(amountMicros / 1_000_000);
}

/** `0.020000`: for files that other programs read. */
export function formatDecimal(amountMicros: number): string {
  const sign = amountMicros < 0 ? '-' : '';
  const digits = String(Math.abs(amountMicros)).padStart(7, '0');
  return `${sign}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

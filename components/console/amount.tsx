import { formatDecimal, formatMoney } from '@/lib/billing/money';

interface AmountProps {
  amountMicros: number;
  currency: string;
}

/** Money; the exact amount on hover. */
export function Amount({ amountMicros, currency }: AmountProps) {
  return (
    <data
      value={formatDecimal(amountMicros)}
      title={`${formatDecimal(amountMicros)} ${currency}`}
      className="whitespace-nowrap tabular-nums"
    >
      {formatMoney({ amountMicros, currency })}
    </data>
  );
}

'use client';

import { Field } from '@/components/ui/field';
import { formatCount, formatDate } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { useNow } from '@/components/ui/use-now';

interface RetentionFieldProps {
  value: string;
  onChange: (value: string) => void;
  error?: string;
}

/** How long a point is kept, with the day on which it goes. */
export function RetentionField({ value, onChange, error }: RetentionFieldProps) {
  const now = useNow(60_000);
  const days = Number(value);
  const end = now && days >= 1 && days <= 364_635 ? new Date(now.getTime() + days * 86_400_000) : null;
  return (
    <Field
      label="Keep for, days"
      error={error}
      hint={
        end
          ? `The point expires on ${formatDate(end)}, ${formatCount(days)} days after it is made.`
          : 'From 1 to 364,635 days.'
      }
      isRequired
    >
      <Input
        inputMode="numeric"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="max-w-32 tabular-nums"
      />
    </Field>
  );
}

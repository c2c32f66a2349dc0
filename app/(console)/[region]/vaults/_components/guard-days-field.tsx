import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

interface GuardDaysFieldProps {
  value: string;
  onValueChange: (value: string) => void;
  error?: string;
}

/** How long a replication target keeps what its source has archived. */
export function GuardDaysField({ value, onValueChange, error }: GuardDaysFieldProps) {
  return (
    <Field
      label="Guard days"
      hint="What is archived in the source vault leaves this one after so many days. You are told beforehand and can hold it. 0 removes it at once."
      error={error}
      isRequired
    >
      <Input
        type="number"
        min={0}
        max={365}
        className="w-28"
        value={value}
        onChange={(event) => onValueChange(event.target.value)}
      />
    </Field>
  );
}

import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import type { Draft } from './kind-fields';

interface PatternFieldProps {
  name: string;
  label: string;
  hint: string;
  values: Draft;
  onChange: (part: Draft) => void;
  errors: Record<string, string>;
}

/** Patterns, one a line. */
export function PatternField({ name, label, hint, values, onChange, errors }: PatternFieldProps) {
  const patterns = (values[name] as string[] | undefined) ?? [];
  const error = Object.entries(errors).find(([field]) => field.split('.')[0] === name)?.[1];
  return (
    <Field label={label} hint={hint} error={error} isOptional>
      <Textarea
        rows={2}
        value={patterns.join('\n')}
        onChange={(event) => onChange({ [name]: toPatterns(event.target.value) })}
        onBlur={() => onChange({ [name]: patterns.filter((line) => line.trim() !== '') })}
        spellCheck={false}
        autoCapitalize="none"
        className="font-mono"
      />
    </Field>
  );
}

/** The last line may be empty while it is being begun. */
function toPatterns(text: string): string[] {
  const lines = text.split('\n');
  return lines.filter((line, at) => line.trim() !== '' || (at > 0 && at === lines.length - 1));
}

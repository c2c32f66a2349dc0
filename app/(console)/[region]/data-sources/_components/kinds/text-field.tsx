import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { type Draft, textOf } from './kind-fields';

interface TextFieldProps {
  name: string;
  label: string;
  values: Draft;
  onChange: (part: Draft) => void;
  error?: string;
  hint?: string;
  placeholder?: string;
  isOptional?: boolean;
  isSecret?: boolean;
  isFixed?: boolean;
}

/** One text of a config or a secret. */
export function TextField(props: TextFieldProps) {
  const { name, label, values, onChange, error, hint, placeholder, isOptional, isSecret, isFixed } = props;
  return (
    <Field
      label={label}
      error={error}
      hint={isFixed ? 'It says which data source this is and cannot be changed.' : hint}
      isRequired={!isOptional && !isFixed}
      isOptional={isOptional}
    >
      <Input
        value={textOf(values[name])}
        onChange={(event) => onChange({ [name]: event.target.value })}
        placeholder={placeholder}
        type={isSecret ? 'password' : 'text'}
        autoComplete={isSecret ? 'new-password' : 'off'}
        spellCheck={false}
        autoCapitalize="none"
        readOnly={isFixed}
        aria-readonly={isFixed}
        className={isFixed ? 'font-mono text-muted' : 'font-mono'}
      />
    </Field>
  );
}

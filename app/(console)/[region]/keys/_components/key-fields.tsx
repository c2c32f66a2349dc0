import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';

export const aliasPrefix = 'alias/';

/** What was typed as an alias, or null for none. */
export function aliasOf(typed: string): string | null {
  const given = typed.trim();
  return given === '' || given === aliasPrefix ? null : given;
}

interface KeyFieldsProps {
  alias: string;
  onAliasChange: (alias: string) => void;
  description: string;
  onDescriptionChange: (description: string) => void;
  errors: Record<string, string | undefined>;
}

export function KeyFields(props: KeyFieldsProps) {
  const { alias, onAliasChange, description, onDescriptionChange, errors } = props;
  return (
    <>
      <Field
        label="Alias"
        error={errors.alias}
        hint="A name to choose the key by: alias/ and up to 58 letters, digits, / _ or -."
        isOptional
      >
        <Input
          value={alias}
          onChange={(event) => onAliasChange(event.target.value)}
          spellCheck={false}
          autoCapitalize="none"
          className="font-mono"
        />
      </Field>
      <Field label="Description" error={errors.description} isOptional>
        <Textarea
          value={description}
          onChange={(event) => onDescriptionChange(event.target.value)}
          maxLength={255}
        />
      </Field>
    </>
  );
}

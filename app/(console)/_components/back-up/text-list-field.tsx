'use client';

import { Plus, X } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

interface TextListFieldProps {
  label: string;
  hint?: string;
  isOptional?: boolean;
  isRequired?: boolean;
  placeholder?: string;
  addLabel: string;
  values: string[];
  onValuesChange: (values: string[]) => void;
  /** What is wrong with an entry, or null. */
  validate?: (value: string) => string | null;
  /** The server's word on the list or on one entry: `paths`, `paths.2`. */
  errors?: Record<string, string>;
  name: string;
}

/** A list of texts that may hold spaces, added one by one. What stands in the box when it loses focus is added too. */
export function TextListField(props: TextListFieldProps) {
  const { label, hint, values, onValuesChange, validate, errors = {}, name, addLabel } = props;
  const [draft, setDraft] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const add = () => {
    const value = draft.trim();
    if (!value) return;
    const wrong = values.includes(value) ? 'It is in the list already.' : (validate?.(value) ?? null);
    setProblem(wrong);
    if (wrong) return;
    onValuesChange([...values, value]);
    setDraft('');
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    add();
  };
  return (
    <div className="flex flex-col gap-2">
      <Field
        label={label}
        hint={hint}
        error={problem ?? errors[name]}
        isOptional={props.isOptional}
        isRequired={props.isRequired}
      >
        <div className="flex gap-2">
          <Input
            value={draft}
            placeholder={props.placeholder}
            spellCheck={false}
            autoCapitalize="none"
            onChange={(event) => {
              setDraft(event.target.value);
              setProblem(null);
            }}
            onKeyDown={press}
            onBlur={add}
            className="font-mono"
          />
          <Button icon={<Plus />} onClick={add}>
            {addLabel}
          </Button>
        </div>
      </Field>
      {values.length > 0 && (
        <ul className="divide-y divide-line rounded-md border border-line">
          {values.map((value, at) => (
            <li key={value} className="flex items-center gap-2 py-1 pr-1 pl-3">
              <span className="wrap-anywhere min-w-0 flex-1 font-mono text-sm">
                {value}
                {errors[`${name}.${at}`] && (
                  <span className="block font-sans text-danger">{errors[`${name}.${at}`]}</span>
                )}
              </span>
              <IconButton
                size="icon-sm"
                label={`Remove ${value}`}
                icon={<X />}
                onClick={() => onValuesChange(values.filter((other) => other !== value))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

'use client';

import { X } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { cn } from './class-names';
import { useFieldControl } from './field';

interface TagInputProps {
  values: string[];
  onValuesChange: (values: string[]) => void;
  /** Returns what is wrong with an entry, or null; a wrong entry stays in the box. */
  validate?: (value: string) => string | null;
  placeholder?: string;
  /** Each entry is sent as a form value under this name. */
  name?: string;
  limit?: number;
}

/** A list of short texts; Enter, comma, space or a paste of several adds them. */
export function TagInput({ values, onValuesChange, validate, placeholder, name, limit }: TagInputProps) {
  const wiring = useFieldControl();
  const [draft, setDraft] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const isFull = limit !== undefined && values.length >= limit;

  const add = (text: string) => {
    const entries = text.split(/[\s,;]+/).filter(Boolean);
    const next = [...values];
    const wrong: string[] = [];
    let reason: string | null = null;
    for (const entry of entries) {
      const fault =
        limit !== undefined && next.length >= limit ? `No more than ${limit}.` : (validate?.(entry) ?? null);
      if (fault) {
        wrong.push(entry);
        reason ??= fault;
      } else if (!next.includes(entry)) next.push(entry);
    }
    if (next.length !== values.length) onValuesChange(next);
    setDraft(wrong.join(' '));
    setProblem(reason);
  };

  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (['Enter', ',', ' '].includes(event.key) && draft.trim()) {
      event.preventDefault();
      add(draft);
    } else if (event.key === 'Backspace' && draft === '') onValuesChange(values.slice(0, -1));
  };

  return (
    <div>
      <div
        className={cn(
          'control flex min-h-8 flex-wrap items-center gap-1 px-1 py-0.5',
          'has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-accent has-[input:focus-visible]:outline-offset-2',
        )}
      >
        {values.map((value) => (
          <span
            key={value}
            className="inline-flex h-6 items-center gap-1 rounded-sm bg-sunken pl-2 font-mono text-xs"
          >
            {value}
            <button
              type="button"
              aria-label={`Remove ${value}`}
              onClick={() => onValuesChange(values.filter((other) => other !== value))}
              className="flex size-6 items-center justify-center rounded-sm text-muted hover:text-ink"
            >
              <X className="size-3.5" aria-hidden />
            </button>
            {name && <input type="hidden" name={name} value={value} />}
          </span>
        ))}
        <input
          {...wiring}
          type="text"
          value={draft}
          readOnly={isFull}
          placeholder={isFull ? `${limit} of ${limit}` : values.length === 0 ? placeholder : undefined}
          onChange={(event) => {
            setDraft(event.target.value);
            setProblem(null);
          }}
          onKeyDown={press}
          onBlur={() => draft.trim() && add(draft)}
          onPaste={(event) => {
            event.preventDefault();
            add(`${draft} ${event.clipboardData.getData('text')}`);
          }}
          className="h-6 min-w-24 flex-1 bg-transparent px-1.5 outline-none"
        />
      </div>
      <p aria-live="polite" className="mt-1 text-danger text-sm empty:hidden">
        {problem}
      </p>
    </div>
  );
}

'use client';

import { Check, ChevronDown } from 'lucide-react';
import { Select as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './class-names';
import { useFieldControl } from './field';

export interface SelectOption {
  value: string;
  label: string;
  description?: ReactNode;
  /** Why this one cannot be chosen; it is shown in the list, under the label. */
  disabledReason?: string | null;
}

interface SelectProps {
  options: SelectOption[];
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  name?: string;
  placeholder?: string;
  /** For a select without a `Field`. */
  label?: string;
  isDisabled?: boolean;
  className?: string;
}

export function Select(props: SelectProps) {
  const {
    options,
    value,
    defaultValue,
    onValueChange,
    name,
    placeholder = 'Choose…',
    label,
    isDisabled,
    className,
  } = props;
  const wiring = useFieldControl();
  return (
    <Primitive.Root
      value={value}
      defaultValue={defaultValue}
      onValueChange={onValueChange}
      name={name}
      disabled={isDisabled}
    >
      <Primitive.Trigger
        {...wiring}
        aria-label={label}
        className={cn(
          'control flex h-8 w-full min-w-0 items-center justify-between gap-2 px-2.5 text-left data-placeholder:text-faint',
          className,
        )}
      >
        <span className="min-w-0 truncate">
          <Primitive.Value placeholder={placeholder}>
            {value === undefined ? undefined : options.find((option) => option.value === value)?.label}
          </Primitive.Value>
        </span>
        <ChevronDown className="size-4 text-muted" aria-hidden />
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) max-w-[min(32rem,calc(100vw-16px))] animate-appear overflow-hidden rounded-lg border border-line bg-raised shadow-float"
        >
          <Primitive.Viewport className="p-1">
            {options.map((option) => (
              <SelectItem key={option.value} option={option} />
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function SelectItem({ option }: { option: SelectOption }) {
  const note = option.disabledReason ?? option.description;
  return (
    <Primitive.Item
      value={option.value}
      disabled={Boolean(option.disabledReason)}
      className="relative flex cursor-default items-start gap-2 rounded-sm py-1.5 pr-3 pl-8 outline-none data-highlighted:bg-hover"
    >
      <Primitive.ItemIndicator className="absolute top-2 left-2.5 text-accent">
        <Check className="size-4" aria-hidden />
      </Primitive.ItemIndicator>
      <span className="min-w-0">
        <span className={cn('block', option.disabledReason && 'text-muted')}>
          <Primitive.ItemText>{option.label}</Primitive.ItemText>
        </span>
        {note && <span className="block text-sm text-muted">{note}</span>}
      </span>
    </Primitive.Item>
  );
}

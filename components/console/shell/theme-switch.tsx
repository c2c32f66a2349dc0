'use client';

import { Check, Monitor, Moon, Sun } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { IconButton } from '@/components/ui/button';
import { menuSurface } from '@/components/ui/menu';
import { savePreference, themeCookie } from './preferences';
import type { Theme } from './types';

const themes = [
  { value: 'system', label: 'System', Icon: Monitor },
  { value: 'light', label: 'Light', Icon: Sun },
  { value: 'dark', label: 'Dark', Icon: Moon },
] as const;

export function ThemeSwitch({ theme, className }: { theme: Theme; className?: string }) {
  const [current, setCurrent] = useState(theme);
  const { Icon } = themes.find((option) => option.value === current)!;
  const choose = (value: string) => {
    const next = themes.find((option) => option.value === value)!.value;
    setCurrent(next);
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    savePreference(themeCookie, next);
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton label="Theme" icon={<Icon />} className={className} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={6} className={menuSurface}>
          <DropdownMenu.RadioGroup value={current} onValueChange={choose}>
            {themes.map((option) => (
              <DropdownMenu.RadioItem
                key={option.value}
                value={option.value}
                className="flex items-center gap-2.5 rounded-sm px-2.5 py-1.5 outline-none data-highlighted:bg-hover"
              >
                <option.Icon className="size-4 text-muted" aria-hidden />
                <span className="flex-1">{option.label}</span>
                <DropdownMenu.ItemIndicator>
                  <Check className="size-4 text-accent" aria-hidden />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

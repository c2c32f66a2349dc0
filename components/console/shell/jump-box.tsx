'use client';

import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Dialog } from 'radix-ui';
import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { navigation, sectionHref } from '@/components/console/navigation';
import { cn } from '@/components/ui/class-names';
import type { JumpTarget, ShellProps } from './types';

interface JumpBoxProps extends Pick<ShellProps, 'region' | 'findTargets'> {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

/** Goes to a page, or to a vault, point or client by name or id. */
export function JumpBox({ isOpen, onOpenChange, ...rest }: JumpBoxProps) {
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        onOpenChange(true);
      }
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [onOpenChange]);
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[10vh] z-40 mx-auto flex max-h-[70vh] max-w-xl animate-appear flex-col overflow-hidden rounded-lg border border-line bg-raised shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">Find a page or a resource</Dialog.Title>
          <JumpList {...rest} onClose={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function listPages(region: string, text: string): JumpTarget[] {
  return navigation
    .flatMap((group) => group.items.map((item) => ({ item, kind: group.title ?? 'Page' })))
    .filter(({ item }) => item.label.toLowerCase().includes(text.toLowerCase()))
    .map(({ item, kind }) => ({
      id: `page-${item.section}`,
      label: item.label,
      kind,
      href: sectionHref(region, item.section),
    }));
}

function useTargets(text: string, findTargets: ShellProps['findTargets']) {
  const [found, setFound] = useState<{ text: string; targets: JumpTarget[]; isFailed: boolean }>();
  useEffect(() => {
    if (!text) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      findTargets(text, abort.signal).then(
        (targets) => !abort.signal.aborted && setFound({ text, targets, isFailed: false }),
        () => !abort.signal.aborted && setFound({ text, targets: [], isFailed: true }),
      );
    }, 150);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, findTargets]);
  const isCurrent = text !== '' && found?.text === text;
  return {
    targets: text ? (found?.targets ?? []) : [],
    isSearching: text !== '' && !isCurrent,
    isFailed: isCurrent && found.isFailed,
  };
}

function JumpList({
  region,
  findTargets,
  onClose,
}: Omit<JumpBoxProps, 'isOpen' | 'onOpenChange'> & { onClose: () => void }) {
  const id = useId();
  const router = useRouter();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const wanted = text.trim();
  const { targets, isSearching, isFailed } = useTargets(wanted, findTargets);
  const options = [...listPages(region, wanted), ...targets];
  const at = Math.min(chosen, options.length - 1);

  const open = (target: JumpTarget | undefined) => {
    if (!target) return;
    router.push(target.href);
    onClose();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') open(options[at]);
    else if (event.key === 'ArrowDown') setChosen(Math.min(at + 1, options.length - 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(at - 1, 0));
    else return;
    event.preventDefault();
  };
  const note = isFailed
    ? 'The search did not answer. Try again.'
    : isSearching
      ? 'Searching…'
      : 'Nothing has this name or id.';

  return (
    <>
      <div className="flex items-center gap-2.5 border-line border-b px-4">
        <Search className="size-4 text-muted" aria-hidden />
        <input
          // biome-ignore lint/a11y/noAutofocus: the reader has just asked for this box
          autoFocus
          role="combobox"
          aria-label="Find a page, vault, backup point or client"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={options[at] && `${id}-${at}`}
          placeholder="Page, vault, backup point or client by name or id"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={press}
          className="h-12 min-w-0 flex-1 bg-transparent outline-none"
        />
      </div>
      <div id={`${id}-list`} role="listbox" aria-label="Results" className="min-h-0 overflow-y-auto p-1.5">
        {options.map((target, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox handles the keys
          <div
            key={target.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => open(target)}
            onPointerMove={() => setChosen(index)}
            className={cn(
              'flex items-baseline gap-3 rounded-sm px-2.5 py-1.5',
              index === at && 'bg-accent-soft',
            )}
          >
            <span className="min-w-0 truncate">{target.label}</span>
            {target.detail && (
              <span className="min-w-0 truncate font-mono text-muted text-xs">{target.detail}</span>
            )}
            <span className="ml-auto shrink-0 text-muted text-sm">{target.kind}</span>
          </div>
        ))}
      </div>
      {(isSearching || isFailed || options.length === 0) && (
        <p role="status" className="px-4 pt-1 pb-4 text-muted">
          {note}
        </p>
      )}
    </>
  );
}

'use client';

import { Check, Copy } from 'lucide-react';
import { IconButton } from './button';
import { cn } from './class-names';
import { cutMiddle } from './format';
import { useCopy } from './use-copy';

/** A button that copies `text`; `label` says what it copies. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const { isCopied, copy } = useCopy();
  return (
    <IconButton
      data-copies
      size="icon-sm"
      label={isCopied ? 'Copied' : label}
      icon={isCopied ? <Check className="text-success" /> : <Copy />}
      onClick={() => copy(text)}
    />
  );
}

interface IdProps {
  value: string;
  /** Letters kept at each end; `whole` shows all of it. */
  cut?: 'middle' | 'whole';
  head?: number;
  tail?: number;
  className?: string;
}

/** An id or a hash in the monospace face, cut in the middle, copied by a click. */
export function Id({ value, cut = 'middle', head, tail, className }: IdProps) {
  const { isCopied, copy } = useCopy();
  return (
    <button
      type="button"
      data-copies
      title={value}
      aria-label={isCopied ? 'Copied' : `Copy ${value}`}
      onClick={(event) => {
        event.stopPropagation();
        void copy(value);
      }}
      className={cn(
        'group inline-flex max-w-full items-center gap-1 rounded-sm text-left font-mono text-[0.92em] text-muted hover:text-ink',
        className,
      )}
    >
      <span className={cut === 'whole' ? 'break-all' : 'truncate'}>
        {cut === 'whole' ? value : cutMiddle(value, head, tail)}
      </span>
      {isCopied ? (
        <Check className="size-3 text-success" aria-hidden />
      ) : (
        <Copy
          className="size-3 opacity-0 transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100"
          aria-hidden
        />
      )}
    </button>
  );
}

/** A command or a secret over one or more lines, with a copy button. */
export function CodeBlock({ text, label = 'Copy command' }: { text: string; label?: string }) {
  return (
    <div className="flex items-start gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
      <pre className="min-w-0 flex-1 whitespace-pre-wrap break-all py-1 font-mono text-sm">{text}</pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}

'use client';

import { CircleAlert, CircleCheck, Info, LoaderCircle, TriangleAlert, X } from 'lucide-react';
import Link from 'next/link';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { IconButton } from './button';
import { cn } from './class-names';
import { Progress } from './progress';

export interface Flash {
  kind: 'progress' | 'success' | 'info' | 'warning' | 'danger';
  title: string;
  detail?: ReactNode;
  link?: { label: string; href: string };
  /** For `progress`: from 0 to 1, or null while the whole is not known. */
  fraction?: number | null;
}

interface FlashControls {
  /**
   * Shows a flash and returns its id. A flash with a known `id` takes the place of the earlier one, and good news is over
   * when there is newer news.
   */
  show: (flash: Flash, id?: string) => string;
  update: (id: string, change: Partial<Flash>) => void;
  dismiss: (id: string) => void;
}

type ShownFlash = Flash & { id: string };

const ControlsContext = createContext<FlashControls | null>(null);
const FlashesContext = createContext<ShownFlash[]>([]);
const keptFlashes = 4;

export function FlashProvider({ children }: { children: ReactNode }) {
  const [flashes, setFlashes] = useState<ShownFlash[]>([]);
  const lastId = useRef(0);
  const show = useCallback((flash: Flash, wanted?: string) => {
    lastId.current += 1;
    const id = wanted ?? `flash-${lastId.current}`;
    setFlashes((shown) =>
      [{ ...flash, id }, ...shown.filter((other) => other.id !== id && other.kind !== 'success')].slice(
        0,
        keptFlashes,
      ),
    );
    return id;
  }, []);
  const update = useCallback((id: string, change: Partial<Flash>) => {
    setFlashes((shown) => shown.map((flash) => (flash.id === id ? { ...flash, ...change } : flash)));
  }, []);
  const dismiss = useCallback(
    (id: string) => setFlashes((shown) => shown.filter((flash) => flash.id !== id)),
    [],
  );
  const controls = useMemo(() => ({ show, update, dismiss }), [show, update, dismiss]);
  return (
    <ControlsContext value={controls}>
      <FlashesContext value={flashes}>{children}</FlashesContext>
    </ControlsContext>
  );
}

export function useFlash(): FlashControls {
  const controls = useContext(ControlsContext);
  if (!controls) throw new Error('useFlash needs a FlashProvider above it');
  return controls;
}

/** Where the flashes appear: at the top of the content. */
export function FlashBar() {
  const flashes = useContext(FlashesContext);
  return (
    <section aria-label="Notices" aria-live="polite" className="flex flex-col gap-2 not-empty:pb-4">
      {flashes.map((flash) => (
        <FlashMessage key={flash.id} flash={flash} />
      ))}
    </section>
  );
}

const kinds = {
  progress: { edge: 'border-l-info', ink: 'text-info', Icon: LoaderCircle },
  info: { edge: 'border-l-info', ink: 'text-info', Icon: Info },
  success: { edge: 'border-l-success', ink: 'text-success', Icon: CircleCheck },
  warning: { edge: 'border-l-warning', ink: 'text-warning', Icon: TriangleAlert },
  danger: { edge: 'border-l-danger', ink: 'text-danger', Icon: CircleAlert },
};

function FlashMessage({ flash }: { flash: ShownFlash }) {
  const { dismiss } = useFlash();
  const { edge, ink, Icon } = kinds[flash.kind];
  return (
    <div
      role={flash.kind === 'danger' ? 'alert' : undefined}
      className={cn('panel flex animate-appear items-start gap-2.5 border-l-4 py-1.5 pr-1.5 pl-3', edge)}
    >
      <Icon className={cn('mt-1.5 size-4', ink)} aria-hidden />
      <div className="min-w-0 flex-1 py-1">
        <p>
          <span className="font-medium">{flash.title}</span>
          {flash.detail && <span className="text-muted"> {flash.detail}</span>}
          {flash.link && (
            <>
              {' '}
              <Link href={flash.link.href} className="link whitespace-nowrap underline">
                {flash.link.label}
              </Link>
            </>
          )}
        </p>
        {flash.kind === 'progress' && flash.fraction !== undefined && (
          <Progress label={flash.title} fraction={flash.fraction} className="mt-1.5 max-w-md" />
        )}
      </div>
      <IconButton size="icon-sm" label="Dismiss" icon={<X />} onClick={() => dismiss(flash.id)} />
    </div>
  );
}

import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleMinus,
  CircleStop,
  Clock,
  LoaderCircle,
  Lock,
  PauseCircle,
  TriangleAlert,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './class-names';

const kinds = {
  success: { ink: 'text-success', Icon: CircleCheck },
  running: { ink: 'text-info', Icon: LoaderCircle },
  pending: { ink: 'text-muted', Icon: Clock },
  waiting: { ink: 'text-warning', Icon: PauseCircle },
  warning: { ink: 'text-warning', Icon: TriangleAlert },
  danger: { ink: 'text-danger', Icon: CircleAlert },
  stopped: { ink: 'text-muted', Icon: CircleStop },
  off: { ink: 'text-muted', Icon: CircleMinus },
  none: { ink: 'text-muted', Icon: CircleDashed },
  locked: { ink: 'text-muted', Icon: Lock },
};

export type StatusKind = keyof typeof kinds;

interface StatusProps {
  kind: StatusKind;
  /** The state in a word or two; colour and icon only repeat it. */
  children: ReactNode;
  /** Cause and next step, under the word. */
  detail?: ReactNode;
  className?: string;
}

export function Status({ kind, children, detail, className }: StatusProps) {
  const { ink, Icon } = kinds[kind];
  return (
    <span className={cn('inline-flex items-start gap-1.5 align-top', className)}>
      <span className="flex h-[1.45em] items-center">
        <Icon className={cn('size-4', ink)} aria-hidden />
      </span>
      <span className="min-w-0">
        <span className={cn('font-medium', ink)}>{children}</span>
        {detail && <span className="block text-sm text-muted">{detail}</span>}
      </span>
    </span>
  );
}

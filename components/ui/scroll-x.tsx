'use client';

import { type ReactNode, useEffect, useRef, useState } from 'react';
import { cn } from './class-names';

interface ScrollXProps {
  /** Names what scrolls, for those who reach it by keyboard. */
  label: string;
  className?: string;
  children: ReactNode;
}

/** Scrolls sideways what is wider than its place; a stop for the keyboard only while it does. */
export function ScrollX({ label, className, children }: ScrollXProps) {
  const box = useRef<HTMLDivElement>(null);
  const [isWider, setIsWider] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setIsWider(element.scrollWidth > element.clientWidth);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  const stop = isWider ? { role: 'region', 'aria-label': label, tabIndex: 0 } : {};
  return (
    <div ref={box} {...stop} className={cn('relative min-w-0 overflow-x-auto', className)}>
      {children}
    </div>
  );
}

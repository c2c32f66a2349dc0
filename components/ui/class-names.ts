import { type ClassValue, clsx } from 'clsx';
import { extendTailwindMerge } from 'tailwind-merge';

const merge = extendTailwindMerge({
  extend: { theme: { text: ['xs', 'sm', 'base', 'lg', 'xl', '2xl'], shadow: ['float'] } },
});

/** Joins class names; a later Tailwind class wins over an earlier one of the same property. */
export function cn(...values: ClassValue[]): string {
  return merge(clsx(values));
}

import { z } from 'zod';

/** An answer that says no more than that it came. */
export const Nothing = z.unknown();

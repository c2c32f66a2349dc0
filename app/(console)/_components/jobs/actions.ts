'use server';

import { action } from '@/lib/api/action';
import { cancelJob } from '@/lib/jobs';

export const cancelJobAction = action(cancelJob);

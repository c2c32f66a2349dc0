'use server';

import { action } from '@/lib/api/action';
import { createCapacityPlan } from '@/lib/billing';

export const createCapacityPlanAction = action(createCapacityPlan);

'use server';

import { action } from '@/lib/api/action';
import {
  bindPolicy,
  createPolicy,
  deletePolicy,
  runBinding,
  unbindPolicy,
  updateBinding,
  updatePolicy,
} from '@/lib/policies';

export const bindPolicyAction = action(bindPolicy);
export const createPolicyAction = action(createPolicy);
export const deletePolicyAction = action(deletePolicy);
export const runBindingAction = action(runBinding);
export const unbindPolicyAction = action(unbindPolicy);
export const updateBindingAction = action(updateBinding);
export const updatePolicyAction = action(updatePolicy);

'use server';

import { action } from '@/lib/api/action';
import { createCopyRule, deleteCopyRule } from '@/lib/backup-copies';
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
export const createCopyRuleAction = action(createCopyRule);
export const createPolicyAction = action(createPolicy);
export const deleteCopyRuleAction = action(deleteCopyRule);
export const deletePolicyAction = action(deletePolicy);
export const runBindingAction = action(runBinding);
export const unbindPolicyAction = action(unbindPolicy);
export const updateBindingAction = action(updateBinding);
export const updatePolicyAction = action(updatePolicy);

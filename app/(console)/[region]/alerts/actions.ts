'use server';

import {
  createAlertContact,
  deleteAlertContact,
  testAlertContact,
  updateAlertContact,
  verifyAlertContact,
} from '@/lib/alerts';
import { action } from '@/lib/api/action';

export const createAlertContactAction = action(createAlertContact);
export const updateAlertContactAction = action(updateAlertContact);
export const deleteAlertContactAction = action(deleteAlertContact);
export const testAlertContactAction = action(testAlertContact);
export const verifyAlertContactAction = action(verifyAlertContact);

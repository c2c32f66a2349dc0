'use server';

import { action } from '@/lib/api/action';
import { createEnrolmentToken, revokeClient, updateClient } from '@/lib/clients';

export const createEnrolmentTokenAction = action(createEnrolmentToken);
export const updateClientAction = action(updateClient);
export const revokeClientAction = action(revokeClient);

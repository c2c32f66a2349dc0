'use server';

import { action } from '@/lib/api/action';
import { createResourceGroup, deleteResourceGroup, updateResourceGroup } from '@/lib/resource-groups';

export const createResourceGroupAction = action(createResourceGroup);
export const updateResourceGroupAction = action(updateResourceGroup);
export const deleteResourceGroupAction = action(deleteResourceGroup);

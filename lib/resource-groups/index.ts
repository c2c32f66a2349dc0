export { deleteResourceGroup, updateResourceGroup } from './change-resource-group';
export { createResourceGroup } from './create-resource-group';
export { requireResourceGroup } from './internal';
export { listResourceGroups } from './list-resource-groups';

import { z } from 'zod';
import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { deleteResourceGroup, updateResourceGroup } from './change-resource-group';
import { createResourceGroup } from './create-resource-group';
import { listResourceGroups } from './list-resource-groups';
import { ResourceGroup } from './schemas';

const tag = 'resource groups';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/resource-groups',
    tag,
    summary: 'List resource groups',
    verb: listResourceGroups,
    response: listOf(ResourceGroup),
  }),
  route({
    method: 'POST',
    path: '/resource-groups',
    tag,
    summary: 'Create a resource group',
    status: 201,
    verb: createResourceGroup,
    response: ResourceGroup,
  }),
  route({
    method: 'PATCH',
    path: '/resource-groups/{id}',
    tag,
    summary: 'Rename a resource group',
    verb: updateResourceGroup,
    response: ResourceGroup,
  }),
  route({
    method: 'DELETE',
    path: '/resource-groups/{id}',
    tag,
    summary: 'Delete an empty resource group',
    verb: deleteResourceGroup,
    response: z.object({ id: z.string() }),
  }),
];

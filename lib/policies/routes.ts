import { type Route, route } from '@/lib/api/route';
import { Job } from '@/lib/jobs/schemas';
import { listOf, pageOf } from '@/lib/schemas';
import { bindPolicy, unbindPolicy } from './bind-policy';
import { createPolicy } from './create-policy';
import { deletePolicy } from './delete-policy';
import { getPolicy, listPolicies, listPolicyBindings, listPolicyRuns } from './list-policies';
import { previewPolicy } from './preview-policy';
import { runBinding } from './run-binding';
import { Policy, PolicyBinding, PolicyPreview, PolicyRun } from './schemas';
import { updateBinding } from './update-binding';
import { updatePolicy } from './update-policy';

const policies = { tag: 'policies', response: Policy };
const bindings = { tag: 'policies', response: PolicyBinding };

export const routes: Route[] = [
  route({
    ...policies,
    method: 'GET',
    path: '/policies',
    summary: 'List policies with what they are bound to',
    verb: listPolicies,
    response: listOf(Policy),
  }),
  route({ ...policies, method: 'GET', path: '/policies/{id}', summary: 'Get a policy', verb: getPolicy }),
  route({
    ...policies,
    method: 'POST',
    path: '/policies',
    summary: 'Create a policy',
    verb: createPolicy,
    status: 201,
  }),
  route({
    ...policies,
    method: 'PUT',
    path: '/policies/{id}',
    summary: 'Change a policy',
    description:
      'Governs later points only. A change that is based on an older version of the policy is refused with `changed_meanwhile`.',
    verb: updatePolicy,
  }),
  route({
    ...policies,
    method: 'DELETE',
    path: '/policies/{id}',
    summary: 'Delete a policy',
    description: 'Its points stay to their dates, and replications that it started go on.',
    verb: deletePolicy,
  }),
  route({
    ...policies,
    method: 'POST',
    path: '/policies/preview',
    summary: 'Show what a policy would do, and what a change of one would alter',
    verb: previewPolicy,
    response: PolicyPreview,
  }),
  route({
    ...bindings,
    method: 'GET',
    path: '/policy-bindings',
    summary: 'List what policies are bound to',
    verb: listPolicyBindings,
    response: listOf(PolicyBinding),
  }),
  route({
    ...bindings,
    method: 'POST',
    path: '/policies/{policyId}/bindings',
    summary: 'Bind a policy to a data source and a vault',
    verb: bindPolicy,
    status: 201,
  }),
  route({
    ...bindings,
    method: 'PATCH',
    path: '/policy-bindings/{id}',
    summary: 'Change what a binding protects, or switch it off or on',
    verb: updateBinding,
  }),
  route({
    ...bindings,
    method: 'DELETE',
    path: '/policy-bindings/{id}',
    summary: 'Take a binding out of its policy',
    verb: unbindPolicy,
  }),
  route({
    ...bindings,
    method: 'POST',
    path: '/policy-bindings/{id}/run',
    summary: 'Run a policy now for one binding',
    verb: runBinding,
    response: Job,
    status: 201,
  }),
  route({
    ...policies,
    method: 'GET',
    path: '/policy-runs',
    summary: 'List runs of policies, newest first',
    verb: listPolicyRuns,
    response: pageOf(PolicyRun),
  }),
];

export { bindPolicy, unbindPolicy } from './bind-policy';
export { createPolicy } from './create-policy';
export { deletePolicy } from './delete-policy';
export { getPolicy, listPolicies, listPolicyBindings, listPolicyRuns } from './list-policies';
export { previewPolicy } from './preview-policy';
export { runBinding } from './run-binding';
export { updateBinding } from './update-binding';
export { updatePolicy } from './update-policy';

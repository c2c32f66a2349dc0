'use client';

import { useQuery } from '@tanstack/react-query';
import { meQuery } from '@/lib/accounts/query';
import { type Permission, permissions, type Role } from '@/lib/permissions';

/** Tells why the signed-in user's role may not do something, or null when it may. The server decides again. */
export function useRefusals(): (permission: Permission) => string | null {
  const role = useQuery(meQuery()).data?.user.role;
  return (permission) => {
    const allowed: readonly Role[] = permissions[permission];
    if (!role || allowed.includes(role)) return null;
    return `Your role, ${role}, may not do this. It takes ${listRoles(allowed)} of the account.`;
  };
}

/** `useRefusals` for one permission. */
export function useRefusal(permission: Permission): string | null {
  return useRefusals()(permission);
}

function listRoles(roles: readonly Role[]): string {
  return roles.map((role) => `an ${role}`).join(' or ');
}

'use client';

import { useQuery } from '@tanstack/react-query';
import { UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { usersQuery } from '@/lib/users/query';
import type { User } from '@/lib/users/schemas';
import { CreateUserPanel } from './create-user-panel';
import { RoleCards } from './role-cards';
import { useUserActions } from './use-user-actions';
import { userColumns } from './user-columns';

export function UsersPage() {
  const hidden = useRefusal('users.read');
  const refusal = useRefusal('users.manage');
  const users = useQuery({ ...usersQuery(), enabled: hidden === null });
  const [isCreating, setIsCreating] = useState(false);
  const { rowActions, dialogs } = useUserActions(users.data?.items ?? []);
  const create = (
    <Button
      variant="primary"
      icon={<UserPlus />}
      disabledReason={refusal}
      onClick={() => setIsCreating(true)}
    >
      Create user
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Users"
        description="Who may sign in to this account, and what they may do."
        actions={create}
      />
      {hidden ? (
        <section className="panel">
          <EmptyState icon={<Users />} title="Users are not shown">
            {hidden}
          </EmptyState>
        </section>
      ) : (
        <DataTable<User>
          id="users"
          title="Users"
          noun="users"
          columns={userColumns}
          rows={users.data?.items}
          getRowId={(user) => user.id}
          getRowName={(user) => user.name}
          error={users.error?.message}
          onRetry={() => void users.refetch()}
          defaultSort={{ columnId: 'name', isDescending: false }}
          searchPlaceholder="Find by name, e-mail or id"
          rowActions={rowActions}
          empty={{
            icon: <Users />,
            title: 'No users yet',
            description: 'Each person signs in with their own e-mail and password, under one of three roles.',
            action: create,
          }}
        />
      )}
      <RoleCards />
      {isCreating && <CreateUserPanel onClose={() => setIsCreating(false)} />}
      {dialogs}
    </>
  );
}

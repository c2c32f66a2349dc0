'use client';

import { useQuery } from '@tanstack/react-query';
import { PageHeader } from '@/components/console/page-header';
import { Id } from '@/components/ui/copyable';
import { Summary } from '@/components/ui/summary';
import { meQuery } from '@/lib/accounts/query';
import { roleDescriptions } from '@/lib/users/rules';
import { NameForm } from './name-form';
import { PasswordForm } from './password-form';
import { SessionsTable } from './sessions-table';

export function ProfilePage() {
  const me = useQuery(meQuery()).data;
  if (!me) return null;
  const role = roleDescriptions[me.user.role];
  return (
    <>
      <PageHeader
        title="My profile"
        description="Who you are here, your password, and where you are signed in."
      />
      <div className="grid gap-4 lg:grid-cols-2">
        <section aria-labelledby="me-title" className="panel flex flex-col gap-4 p-4">
          <h2 id="me-title" className="font-semibold">
            You
          </h2>
          <Summary
            columns={2}
            items={[
              { label: 'E-mail', value: <span className="wrap-anywhere">{me.user.email}</span> },
              { label: 'Role', value: role.name },
              { label: 'Account', value: me.account.name },
              { label: 'Account UID', value: <Id value={me.account.id} cut="whole" /> },
            ]}
          />
          <p className="text-muted">
            {role.may} {role.mayNot}
          </p>
          <NameForm name={me.user.name} />
        </section>
        <section aria-labelledby="password-title" className="panel flex flex-col gap-4 p-4">
          <h2 id="password-title" className="font-semibold">
            Password
          </h2>
          <PasswordForm user={me.user} />
        </section>
      </div>
      <div className="mt-4">
        <SessionsTable />
      </div>
    </>
  );
}

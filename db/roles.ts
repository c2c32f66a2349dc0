import type { Sql } from 'postgres';

export const appRole = 'crossvault_app';
export const engineRole = 'crossvault_engine';
/** Owns the views through which shared rows are seen; nobody signs in as it. */
export const shareReaderRole = 'crossvault_share_reader';

export interface RolePasswords {
  app: string;
  engine: string;
}

/**
 * Creates the roles that migrations grant to and sets their passwords; safe to repeat. Throws when one of them could
 * pass the walls between accounts, because row-level security does not hold a superuser or a role with BYPASSRLS.
 */
export async function ensureRoles(owner: Sql, passwords: RolePasswords): Promise<void> {
  const isSuperuser = await requireOwner(owner);
  await ensureRole(owner, appRole, passwords.app);
  await ensureRole(owner, engineRole, passwords.engine);
  await ensureRole(owner, shareReaderRole, null);
  if (!isSuperuser) {
    // Migrations hand views to the reader, which takes the right to act as it
    await owner.unsafe(`grant ${shareReaderRole} to current_user with inherit true, set true`);
    await owner.unsafe(`grant create on schema public to ${shareReaderRole}`);
  }
  const unsafe = await owner<{ rolname: string }[]>`
    select rolname from pg_roles
    where rolname in (${appRole}, ${engineRole}, ${shareReaderRole}) and (rolsuper or rolbypassrls or rolinherit)`;
  if (unsafe.length > 0) {
    const names = unsafe.map((role) => role.rolname).join(', ');
    throw new Error(
      `Database roles with too many rights: ${names}. They must be NOSUPERUSER, NOBYPASSRLS, NOINHERIT.`,
    );
  }
}

/** Functions of the owner look behind the walls, which blind every owner that is neither superuser nor BYPASSRLS. */
async function requireOwner(owner: Sql): Promise<boolean> {
  const [role] = await owner<[{ name: string; isSuperuser: boolean; isBypassing: boolean }]>`
    select rolname as name, rolsuper as "isSuperuser", rolbypassrls as "isBypassing"
    from pg_roles where rolname = current_user`;
  if (role.isSuperuser || role.isBypassing) return role.isSuperuser;
  throw new Error(`The database role ${role.name} must be a superuser, or have CREATEROLE and BYPASSRLS.`);
}

async function ensureRole(owner: Sql, role: string, password: string | null): Promise<void> {
  const [existing] = await owner`select 1 from pg_roles where rolname = ${role}`;
  if (!existing) await owner.unsafe(`create role ${role} nologin noinherit`);
  if (password === null) return;
  // A role's password cannot be a bound parameter; the server does the quoting.
  const [{ statement }] = await owner<[{ statement: string }]>`
    select format('alter role %I login password %L', ${role}::text, ${password}::text) as statement`;
  await owner.unsafe(statement);
}

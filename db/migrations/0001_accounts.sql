-- Conventions: every tenant table has account_id, FORCE ROW LEVEL SECURITY, policies with USING and WITH CHECK, and
-- composite keys (account_id, id) so that a child row can never name a stranger's parent.

create function current_account() returns text language sql stable parallel safe
  return nullif(current_setting('app.account_id', true), '');
create function current_replication() returns text language sql stable parallel safe
  return nullif(current_setting('app.replication_id', true), '');

-- Turns the walls on for one table: rows of the current account only, for both login roles.
create procedure wall(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy own_account on %s to crossvault_app, crossvault_engine
                  using (account_id = current_account()) with check (account_id = current_account())', target);
  execute format('grant select, insert, update, delete on %s to crossvault_app, crossvault_engine', target);
end $$;

create table accounts (
  account_id text primary key check (account_id ~ '^[0-9]{16}$'),
  name text not null check (length(name) between 1 and 64),
  state text not null default 'active' check (state in ('active', 'overdue', 'suspended', 'closed')),
  created_at timestamptz not null default now()
);
call wall('accounts');

create table users (
  account_id text not null references accounts,
  id text primary key,
  email text not null check (email = lower(email) and length(email) between 3 and 254),
  name text not null check (length(name) between 1 and 64),
  role text not null check (role in ('administrator', 'operator', 'auditor')),
  password_hash text not null,
  -- Raised to end every session of the user at once.
  session_version integer not null default 1,
  disabled_at timestamptz,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now(),
  unique (account_id, id),
  unique (email)
);
call wall('users');

create table access_keys (
  account_id text not null,
  id text primary key,
  user_id text not null,
  name text not null check (length(name) between 1 and 64),
  secret_hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  unique (account_id, id),
  foreign key (account_id, user_id) references users (account_id, id) on delete cascade
);
call wall('access_keys');

-- Counts failures by e-mail and by address; holds no tenant data.
create table sign_in_throttles (
  subject text primary key,
  failures integer not null default 0,
  blocked_until timestamptz,
  updated_at timestamptz not null default now()
);
grant select, insert, update, delete on sign_in_throttles to crossvault_app;

create table idempotency_keys (
  account_id text not null references accounts,
  verb text not null,
  token text not null check (length(token) between 1 and 128),
  request_sha256 bytea not null,
  response jsonb,
  created_at timestamptz not null default now(),
  primary key (account_id, verb, token)
);
call wall('idempotency_keys');

create table audit_events (
  account_id text not null references accounts,
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor_kind text not null check (actor_kind in ('user', 'access_key', 'client', 'engine')),
  actor_id text not null,
  actor_name text not null,
  action text not null,
  resource_kind text not null,
  resource_id text not null,
  resource_name text,
  before jsonb,
  after jsonb,
  ip text,
  request_id text not null
);
create index audit_events_by_time on audit_events (account_id, id desc);
call wall('audit_events');
revoke update, delete on audit_events from crossvault_app, crossvault_engine;

create table notifications (
  account_id text not null references accounts,
  id text primary key,
  kind text not null,
  severity text not null check (severity in ('info', 'success', 'warning', 'error')),
  title text not null,
  body text not null default '',
  href text,
  created_at timestamptz not null default now(),
  read_at timestamptz,
  unique (account_id, id)
);
create index notifications_by_time on notifications (account_id, created_at desc);
call wall('notifications');

-- A quota is a constraint: the counter row refuses the row that would exceed it, whatever runs beside it.
create table quota_counters (
  account_id text not null references accounts,
  name text not null,
  region text not null default '',
  used integer not null default 0 check (used >= 0),
  maximum integer not null,
  primary key (account_id, name, region),
  constraint quota_exceeded check (used <= maximum)
);
call wall('quota_counters');
revoke insert, update, delete on quota_counters from crossvault_app, crossvault_engine;

-- Doors: the few look-ups that happen before an account is known. They return the minimum and nothing in bulk.
create function door_user_by_email(wanted text)
  returns table (account_id text, user_id text, password_hash text, disabled boolean)
  language sql stable security definer set search_path = public
  begin atomic
    select u.account_id, u.id, u.password_hash, u.disabled_at is not null from users u where u.email = lower(wanted);
  end;
create function door_access_key(hash bytea)
  returns table (account_id text, access_key_id text, user_id text)
  language sql stable security definer set search_path = public
  begin atomic
    select k.account_id, k.id, k.user_id from access_keys k
    where k.secret_hash = hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
  end;
-- The name of an account whose 16-digit id the caller already holds: for invitations and flow pictures.
create function door_account_name(wanted text) returns text
  language sql stable security definer set search_path = public
  begin atomic
    select a.name from accounts a where a.account_id = wanted;
  end;
revoke execute on function door_user_by_email(text), door_access_key(bytea), door_account_name(text) from public;
grant execute on function door_user_by_email(text), door_access_key(bytea) to crossvault_app;
grant execute on function door_account_name(text) to crossvault_app, crossvault_engine;

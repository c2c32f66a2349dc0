-- A sign-in. The cookie names this row, so that signing out ends the session itself and not only the browser's copy.
create table user_sessions (
  account_id text not null,
  id text primary key,
  user_id text not null,
  -- The user's session_version at sign-in; a later one ends this session.
  version integer not null,
  ip text,
  user_agent text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  unique (account_id, id),
  foreign key (account_id, user_id) references users (account_id, id) on delete cascade
);
create index user_sessions_by_user on user_sessions (account_id, user_id);
call wall('user_sessions');

-- What a health check may know without an account: schema, and how late the engine serves due work.
create function door_health()
  returns table (schema_version text, last_tick_at timestamptz, oldest_due_at timestamptz, due_tickers bigint)
  language sql stable security definer set search_path = public
  begin atomic
    select (select max(m.name) from schema_migrations m), max(t.last_tick_at),
      min(t.due_at) filter (where t.due_at <= now()), count(*) filter (where t.due_at <= now())
    from tickers t;
  end;
revoke execute on function door_health() from public;
grant execute on function door_health() to crossvault_app;

-- Policies: backup rules, what they are bound to, when each rule runs next, and what became of its runs.

create table policies (
  account_id text not null references accounts,
  id text primary key check (id ~ '^po-[0-9a-z]{20}$'),
  name text not null check (length(name) between 1 and 64),
  description text not null default '' check (length(description) <= 255),
  -- Points made from now on: the newest of them outlives its date until there is a newer one.
  keeps_newest boolean not null default true,
  -- Every vault it is bound to is to have a running replication.
  replicates boolean not null default false,
  -- Raised by each change, so that a form that was opened before it is refused.
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by text not null,
  updated_at timestamptz not null default now(),
  updated_by text not null,
  unique (account_id, id),
  unique (account_id, name)
);
call wall('policies');

create function count_policy() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  p policies := case when tg_op = 'INSERT' then new else old end;
  step integer := case when tg_op = 'INSERT' then 1 else -1 end;
begin
  insert into quota_counters (account_id, name, region, used, maximum)
    values (p.account_id, 'policies', '', greatest(step, 0), 50)
    on conflict (account_id, name, region) do update set used = quota_counters.used + step;
  return null;
end $$;
create trigger count_policy after insert or delete on policies for each row execute function count_policy();

create table policy_rules (
  account_id text not null,
  id text primary key check (id ~ '^pr-[0-9a-z]{20}$'),
  policy_id text not null,
  -- A policy has up to five rules.
  position integer not null check (position between 0 and 4),
  name text not null check (length(name) between 1 and 64),
  schedule_kind text not null check (schedule_kind in ('interval', 'cron')),
  interval_every integer check (interval_every between 1 and 1000),
  interval_unit text check (interval_unit in ('hour', 'day', 'week')),
  cron text check (length(cron) between 9 and 100),
  time_zone text not null check (length(time_zone) between 1 and 64),
  start_at timestamptz not null,
  retention_days integer not null check (retention_days between 1 and 364635),
  daily_days integer check (daily_days between 1 and 364635),
  weekly_days integer check (weekly_days between 1 and 364635),
  monthly_days integer check (monthly_days between 1 and 364635),
  yearly_days integer check (yearly_days between 1 and 364635),
  archive_after_days integer,
  -- Null: the archive tier of the point's own vault.
  archive_vault_id text,
  unique (account_id, id),
  unique (policy_id, position) deferrable initially deferred,
  foreign key (account_id, policy_id) references policies (account_id, id) on delete cascade,
  check ((schedule_kind = 'cron') = (cron is not null)),
  check ((schedule_kind = 'interval') = (interval_every is not null and interval_unit is not null)),
  constraint archive_limits check (archive_after_days >= 30 and retention_days - archive_after_days >= 60)
);
call wall('policy_rules');

create table policy_bindings (
  account_id text not null,
  id text primary key check (id ~ '^pb-[0-9a-z]{20}$'),
  policy_id text not null,
  source_id text not null,
  vault_id text not null,
  paths jsonb not null check (jsonb_typeof(paths) = 'array' and jsonb_array_length(paths) between 1 and 50),
  excludes jsonb not null default '[]' check (jsonb_typeof(excludes) = 'array' and jsonb_array_length(excludes) <= 100),
  is_enabled boolean not null default true,
  created_at timestamptz not null default now(),
  created_by text not null,
  unique (account_id, id),
  foreign key (account_id, policy_id) references policies (account_id, id) on delete cascade,
  foreign key (account_id, source_id) references data_sources (account_id, id),
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
-- Paths may be long; an index entry may not.
create unique index policy_binding_once on policy_bindings (policy_id, source_id, vault_id, md5(paths::text));
create index policy_bindings_by_vault on policy_bindings (vault_id);
create index policy_bindings_by_source on policy_bindings (source_id);
call wall('policy_bindings');

-- A policy writes where backups are written: never into a copy, and never past the archive's own door.
create function refuse_unfit_binding() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select 1 from vaults v where v.id = new.vault_id and v.kind in ('replication_target', 'archive')) then
    raise exception 'vault % takes no backups', new.vault_id using errcode = 'CV005';
  end if;
  return new;
end $$;
create trigger refuse_unfit_binding before insert or update of vault_id on policy_bindings
  for each row execute function refuse_unfit_binding();

-- When a rule runs next for a binding. No row: it does not run, because the binding is switched off.
create table policy_timers (
  account_id text not null,
  binding_id text not null,
  rule_id text not null,
  -- The time of the schedule; null when it has no further one or the binding is switched off.
  run_at timestamptz,
  -- When the ticker looks at it: the time above, or a little later while the run waits for something.
  look_at timestamptz,
  waiting_reason text,
  waiting_explanation text,
  -- Time of the newest run that made a point: tells whether the next point is the first of its day, week, month or year.
  last_point_at timestamptz,
  primary key (binding_id, rule_id),
  check ((run_at is null) = (look_at is null)),
  check ((waiting_reason is null) = (waiting_explanation is null)),
  foreign key (account_id, binding_id) references policy_bindings (account_id, id) on delete cascade,
  foreign key (account_id, rule_id) references policy_rules (account_id, id) on delete cascade
);
create index policy_timers_due on policy_timers (account_id, look_at) where look_at is not null;
call wall('policy_timers');

-- What became of each run. It outlives the policy, so names are kept and nothing is referenced.
create table policy_runs (
  account_id text not null references accounts,
  id text primary key check (id ~ '^run-[0-9a-z]{20}$'),
  policy_id text not null,
  policy_name text not null,
  rule_id text not null,
  rule_name text not null,
  binding_id text not null,
  source_id text not null,
  source_name text not null,
  vault_id text not null,
  vault_name text not null,
  vault_region text not null,
  cause text not null check (cause in ('schedule', 'manual')),
  state text not null check (state in ('open', 'complete', 'partial', 'failed', 'cancelled', 'missed')),
  -- The time of the schedule, or when it was asked for by hand.
  run_at timestamptz not null,
  -- Runs in a row that one row of missed runs stands for.
  run_count integer not null default 1 check (run_count >= 1),
  reason text,
  explanation text,
  job_id text,
  point_id text,
  -- Decided when the run starts; the point gets exactly this.
  retention_days integer,
  retention_by text check (retention_by in ('base', 'daily', 'weekly', 'monthly', 'yearly')),
  retention_reason text,
  archive_after_days integer,
  keeps_newest boolean not null default false,
  started_by text not null,
  started_at timestamptz,
  ended_at timestamptz,
  unique (account_id, id),
  check ((state = 'open') = (ended_at is null)),
  check ((state = 'missed') = (job_id is null)),
  check (state = 'missed' or retention_days is not null)
);
-- One run at a time.
create unique index one_open_policy_run on policy_runs (binding_id) where state = 'open';
create index policy_runs_by_policy on policy_runs (policy_id, run_at desc, id desc);
create index policy_runs_by_binding on policy_runs (binding_id, run_at desc, id desc);
create index policy_runs_by_job on policy_runs (job_id) where job_id is not null;
call wall('policy_runs');
-- History is written once; the trigger below closes a run.
revoke update, delete on policy_runs from crossvault_app, crossvault_engine;

alter table jobs add column policy_run_id text;

-- What ends the job ends the run, whatever ended it.
create function close_policy_run() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  run policy_runs;
  made_point boolean := exists (select 1 from backup_points p where p.id = new.point_id and p.policy_run_id = new.policy_run_id);
begin
  update policy_runs set state = new.status, ended_at = now(),
      started_at = coalesce(new.started_at, started_at),
      point_id = case when made_point then new.point_id end,
      reason = new.error_code, explanation = new.error_message
    where id = new.policy_run_id and account_id = new.account_id and state = 'open'
    returning * into run;
  if not found then return null; end if;
  if made_point then
    update policy_timers set last_point_at = greatest(last_point_at, run.run_at)
      where binding_id = run.binding_id and rule_id = run.rule_id;
  end if;
  update policy_timers set look_at = least(look_at, now())
    where binding_id = run.binding_id and waiting_reason = 'previous_running' and look_at is not null;
  if found then perform wake_ticker(run.account_id); end if;
  return null;
end $$;
create trigger close_policy_run after update of status on jobs
  for each row when (new.policy_run_id is not null and old.status in ('queued', 'running')
    and new.status not in ('queued', 'running'))
  execute function close_policy_run();

alter table backup_points
  add column policy_run_id text,
  add column binding_id text,
  -- Fixed when the point is made: the newest of such points of the same data in its vault does not expire.
  add column keeps_newest boolean not null default false,
  -- A copy belongs to no policy, and keeping one is a promise of the vault where the backup was made.
  add constraint copies_belong_to_no_policy check (
    origin_vault_id = vault_id or (policy_run_id is null and binding_id is null and not keeps_newest)),
  add constraint keeping_the_newest_needs_a_binding check (binding_id is not null or not keeps_newest);

-- Whether a point past its date stays because none that was made under the same promise is newer. Points follow each other
-- when one binding made them, or when they hold the same folders of the same source.
create function is_kept_as_newest(p backup_points) returns boolean language sql stable
  begin atomic
    select p.keeps_newest and not exists (
      select 1 from backup_points q
      where q.vault_id = p.vault_id and q.source_id = p.source_id and q.status = 'visible' and q.keeps_newest
        and (q.binding_id = p.binding_id or q.paths = p.paths)
        and (q.created_at, q.id) > (p.created_at, p.id));
  end;

-- A point that a run made is kept for as long as the run said, whatever its client or a job's row says.
create function refuse_altered_retention() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  run policy_runs;
begin
  select * into run from policy_runs r where r.id = new.policy_run_id and r.account_id = new.account_id;
  if run.id is null or run.retention_days <> new.retention_days or run.keeps_newest <> new.keeps_newest
     or run.binding_id <> new.binding_id or run.vault_id <> new.vault_id then
    raise exception 'backup point % is not what its policy run asked for', new.id using errcode = 'CV005';
  end if;
  return new;
end $$;
create trigger refuse_altered_retention before insert on backup_points
  for each row when (new.policy_run_id is not null) execute function refuse_altered_retention();

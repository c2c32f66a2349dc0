-- When each pack's bytes were last read, opened and hashed, and whether they were damaged.
alter table packs add column checked_at timestamptz, add column is_damaged boolean not null default false;
create index packs_by_check on packs (vault_id, checked_at);

-- Of a vault: when its next scheduled verification is, when its storage and key are next looked at, when its lock was
-- written into the vault itself, and when a new version of its key was asked for.
alter table vaults
  add column next_verify_at timestamptz not null default now() + interval '1 day',
  add column health_due_at timestamptz not null default now() + interval '5 minutes',
  add column lock_recorded_at timestamptz,
  add column key_rotation_at timestamptz;
create index vaults_by_verification on vaults (account_id, next_verify_at);
create index vaults_by_health on vaults (account_id, health_due_at);
-- What changes a key changes whether its vaults can be used.
create function look_at_vaults_of_key() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update vaults set health_due_at = now() where kms_key_id = new.id and account_id = new.account_id;
  return null;
end $$;
create trigger look_at_vaults_of_key after update of state on kms_keys
  for each row when (old.state is distinct from new.state) execute function look_at_vaults_of_key();

create table verifications (
  account_id text not null,
  vault_id text not null,
  id text primary key,
  -- 'due': what is new, a sample, and what was not checked for 30 days. 'all': every pack.
  scope text not null check (scope in ('due', 'all')),
  state text not null default 'queued' check (state in ('queued', 'running', 'complete', 'failed', 'cancelled')),
  packs_total integer not null default 0,
  packs_done integer not null default 0,
  bytes_total bigint not null default 0,
  bytes_done bigint not null default 0,
  damaged_packs integer not null default 0,
  healed_packs integer not null default 0,
  -- The last pack that was dealt with, and when the next piece may begin: scheduled work leaves room for other work.
  after_pack bigint not null default 0,
  next_piece_at timestamptz,
  last_error text,
  created_by text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  unique (account_id, id),
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
create unique index one_verification_per_vault on verifications (vault_id) where state in ('queued', 'running');
create index verifications_due on verifications (account_id, next_piece_at) where state in ('queued', 'running');
create index verifications_by_vault on verifications (vault_id, created_at desc);
call wall('verifications');
revoke delete on verifications from crossvault_app;

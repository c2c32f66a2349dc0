-- Audit rows of an account are links of a chain: each holds the SHA-256 of its own canonical text and of the link before.
-- A deferred trigger makes the link when the writer commits. No writer can leave it out, the account's head is the last
-- lock that a transaction takes, and the order of the chain is the order of commits.

create table audit_heads (
  account_id text primary key references accounts,
  seq bigint not null,
  hash bytea not null check (length(hash) = 32)
);
call wall('audit_heads');
revoke insert, update, delete on audit_heads from crossvault_app, crossvault_engine;

create table audit_chain (
  account_id text not null references accounts,
  seq bigint not null check (seq > 0),
  event_id bigint not null unique,
  previous bytea not null check (length(previous) = 32),
  hash bytea not null check (length(hash) = 32),
  primary key (account_id, seq)
);
call wall('audit_chain');
revoke insert, update, delete on audit_chain from crossvault_app, crossvault_engine;

-- A head under the installation's signature: who holds one finds out when anything up to it is rewritten.
create table audit_signed_heads (
  account_id text not null references accounts,
  seq bigint not null,
  hash bytea not null check (length(hash) = 32),
  signed_at timestamptz not null,
  key_id text not null,
  public_key bytea not null,
  signature bytea not null check (length(signature) = 64),
  primary key (account_id, seq)
);
call wall('audit_signed_heads');
revoke insert, update, delete on audit_signed_heads from crossvault_app;
revoke update, delete on audit_signed_heads from crossvault_engine;

-- The canonical text of a row. What is chained, exported and checked is this text, byte for byte.
create function audit_text(e audit_events) returns text language sql stable set search_path = public, pg_temp
  return jsonb_build_object(
    'account', e.account_id,
    'id', e.id,
    'at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'actor', jsonb_build_object('kind', e.actor_kind, 'id', e.actor_id, 'name', e.actor_name),
    'action', e.action,
    'resource', jsonb_build_object('kind', e.resource_kind, 'id', e.resource_id, 'name', e.resource_name),
    'before', e.before,
    'after', e.after,
    'ip', e.ip,
    'request', e.request_id)::text;

create function audit_hash(account text, seq bigint, previous bytea, row_text text) returns bytea
  language sql immutable set search_path = public, pg_temp
  return sha256(convert_to(
    format(E'crossvault audit v1\n%s\n%s\n%s\n%s', account, seq, encode(previous, 'hex'), row_text), 'UTF8'));

create function chain_audit(e audit_events) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  head audit_heads;
  linked bytea;
begin
  insert into audit_heads (account_id, seq, hash) values (e.account_id, 0, decode(repeat('00', 32), 'hex'))
    on conflict do nothing;
  select * into head from audit_heads h where h.account_id = e.account_id for no key update;
  linked := audit_hash(e.account_id, head.seq + 1, head.hash, audit_text(e));
  insert into audit_chain (account_id, seq, event_id, previous, hash)
    values (e.account_id, head.seq + 1, e.id, head.hash, linked);
  update audit_heads h set seq = head.seq + 1, hash = linked where h.account_id = e.account_id;
end $$;
revoke execute on function chain_audit(audit_events) from public;

create function chain_audit_event() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform chain_audit(new);
  return null;
end $$;
create constraint trigger chain_audit_event after insert on audit_events
  deferrable initially deferred for each row execute function chain_audit_event();

do $$
declare
  e audit_events;
begin
  for e in select * from audit_events order by id loop
    perform chain_audit(e);
  end loop;
end $$;

-- Append-only, for every role: also for the owner, who migrates and runs the operator's commands.
create function refuse_rewriting() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'CV021';
end $$;
do $$
declare
  kept text;
begin
  foreach kept in array array['audit_events', 'audit_chain', 'audit_signed_heads'] loop
    execute format('create trigger refuse_rewriting before update or delete on %I
      for each row execute function refuse_rewriting()', kept);
    execute format('create trigger refuse_truncation before truncate on %I
      for each statement execute function refuse_rewriting()', kept);
  end loop;
end $$;

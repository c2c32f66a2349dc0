-- What the state of an account stops, held where the row would be made, whoever makes it. The account's row is locked in
-- share mode: a state that is set beside it comes either before the row, and refuses it, or after.
create function require_account_state(wanted text, open_states text[], made text) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  found_state text;
begin
  select a.state into found_state from accounts a where a.account_id = wanted for share;
  if found_state is not null and not found_state = any (open_states) then
    raise exception 'account % is %: no new row of %', wanted, found_state, made using errcode = 'CV020';
  end if;
end $$;
revoke execute on function require_account_state(text, text[], text) from public;

-- Arguments: the columns that name the accounts concerned.
create function refuse_inactive_account() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  for i in 0 .. tg_nargs - 1 loop
    perform require_account_state(to_jsonb(new) ->> tg_argv[i], '{active}', tg_table_name);
  end loop;
  return new;
end $$;
create trigger refuse_inactive_account before insert on vaults
  for each row execute function refuse_inactive_account('account_id');
create trigger refuse_inactive_account before insert on backup_points
  for each row execute function refuse_inactive_account('account_id');
create trigger refuse_inactive_account before insert on jobs
  for each row when (new.kind = 'backup') execute function refuse_inactive_account('account_id');
create trigger refuse_inactive_account before insert on replications
  for each row execute function refuse_inactive_account('account_id', 'source_account_id');
create trigger refuse_inactive_account before insert on resource_shares
  for each row execute function refuse_inactive_account('account_id');
create trigger refuse_inactive_account before insert on resource_share_vaults
  for each row execute function refuse_inactive_account('account_id');
create trigger refuse_inactive_account before insert on resource_share_principals
  for each row execute function refuse_inactive_account('account_id');
create trigger refuse_inactive_account before update of status on invitations
  for each row when (new.status = 'accepted' and old.status <> 'accepted')
  execute function refuse_inactive_account('recipient_account_id');

create function refuse_closed_account() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform require_account_state(new.account_id, '{active,overdue,suspended}', tg_table_name);
  return new;
end $$;
create trigger refuse_closed_account before insert on user_sessions
  for each row execute function refuse_closed_account();
create trigger refuse_closed_account before insert on access_keys
  for each row execute function refuse_closed_account();
create trigger refuse_closed_account before insert on clients
  for each row execute function refuse_closed_account();
create trigger refuse_closed_account before insert on jobs
  for each row execute function refuse_closed_account();
create trigger refuse_closed_account before insert on download_tickets
  for each row execute function refuse_closed_account();

-- Closing an account ends its sessions for good: opening it again does not bring them back.
create function end_sessions_of_closed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update user_sessions set ended_at = now() where account_id = new.account_id and ended_at is null;
  return null;
end $$;
create trigger end_sessions_of_closed after update of state on accounts
  for each row when (new.state = 'closed' and old.state <> 'closed') execute function end_sessions_of_closed();

-- The state is the operator's to set: no process that serves accounts changes it.
revoke update on accounts from crossvault_app, crossvault_engine;
grant update (name) on accounts to crossvault_app;
revoke delete on accounts from crossvault_engine;

-- The doors know no credential of a closed account.
create or replace function door_access_key(hash bytea)
  returns table (account_id text, access_key_id text, user_id text)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select k.account_id, k.id, k.user_id from access_keys k join accounts a on a.account_id = k.account_id
    where k.secret_hash = hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
      and a.state <> 'closed';
  end;
create or replace function door_client(hash bytea) returns table (account_id text, client_id text)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select c.account_id, c.id from clients c join accounts a on a.account_id = c.account_id
    where c.credential_hash = hash and c.revoked_at is null and a.state <> 'closed';
  end;
create or replace function door_enrolment_token(hash bytea)
  returns table (account_id text, token_id text, placement text, region text, expired boolean, used boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select t.account_id, t.id, t.placement, t.region, t.expires_at <= now(), t.used_at is not null
    from enrolment_tokens t join accounts a on a.account_id = t.account_id
    where t.token_hash = hash and a.state <> 'closed';
  end;
create or replace function door_download_ticket(hash bytea) returns table (account_id text)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select t.account_id from download_tickets t join accounts a on a.account_id = t.account_id
    where t.token_hash = hash and a.state <> 'closed';
  end;

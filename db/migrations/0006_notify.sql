-- What one account may tell, or learn of, another it is linked with; and the walls behind starting and stopping.

-- Leaves a notification with another account. Only where an invitation, a grant or a replication links the two, for
-- kinds that belong to such a link, and with an address inside the console: never a free message to a stranger.
create function notify_account(
  wanted text, link_id text, kind text, severity text, title text, body text, href text)
  returns void language plpgsql security definer set search_path = public as $$
begin
  if current_account() is null
    or not (
      exists (select 1 from invitations i where i.id = link_id
        and (i.account_id, i.recipient_account_id) in ((current_account(), wanted), (wanted, current_account())))
      or exists (select 1 from grants g where g.vault_id = link_id
        and (g.account_id, g.grantee_account_id) in ((current_account(), wanted), (wanted, current_account())))
      or exists (select 1 from replications r where r.id = link_id
        and (r.account_id, r.source_account_id) in ((current_account(), wanted), (wanted, current_account()))))
  then
    raise exception 'no link % with account %', link_id, wanted using errcode = 'CV004';
  end if;
  if kind !~ '^(share|replication)\.[a-z_]+$' or href !~ '^/[A-Za-z0-9]' or length(title) > 200 or length(body) > 1000 then
    raise exception 'not a notification between accounts' using errcode = 'CV004';
  end if;
  insert into notifications (account_id, id, kind, severity, title, body, href)
    values (wanted, 'n-' || replace(gen_random_uuid()::text, '-', ''), kind, severity, title, body, href);
end $$;
revoke execute on function notify_account(text, text, text, text, text, text, text) from public;
grant execute on function notify_account(text, text, text, text, text, text, text) to crossvault_app, crossvault_engine;

-- Answers and changes of one share run one after the other. Without the lock, an acceptance and a vault added beside
-- it would each miss the other and no grant would be made. Everyone locks the share first and its invitations after.
create or replace function refresh_grants(share text) returns void language plpgsql security definer set search_path = public as $$
begin
  perform 1 from resource_shares s where s.id = share for no key update;
  delete from grants g where g.share_id = share and not exists (
    select 1 from resource_shares s
      join resource_share_vaults v on v.share_id = s.id
      join invitations i on i.share_id = s.id and i.status = 'accepted'
    where s.id = share and s.status = 'active' and v.vault_id = g.vault_id and i.recipient_account_id = g.grantee_account_id);
  insert into grants (vault_id, account_id, grantee_account_id, share_id)
    select v.vault_id, s.account_id, i.recipient_account_id, s.id
    from resource_shares s
      join resource_share_vaults v on v.share_id = s.id
      join invitations i on i.share_id = s.id and i.status = 'accepted'
    where s.id = share and s.status = 'active'
    on conflict do nothing;
end $$;
-- The recipient cannot see the share's row, so it locks it through this door.
create function lock_invited_share(invitation text) returns void
  language plpgsql security definer set search_path = public as $$
begin
  perform 1 from resource_shares s join invitations i on i.share_id = s.id
    where i.id = invitation and current_account() in (i.account_id, i.recipient_account_id)
    for no key update of s;
end $$;
-- How many vaults an invitation is about, for its two sides; which ones is seen after the acceptance.
create function invited_vault_count(invitation text) returns integer
  language sql stable security definer set search_path = public
  begin atomic
    select count(*)::integer from resource_share_vaults v join invitations i on i.share_id = v.share_id
    where i.id = invitation and current_account() in (i.account_id, i.recipient_account_id);
  end;

-- A recipient answers an invitation and changes nothing else of it; an answer is final.
create function refuse_altered_invitation() returns trigger language plpgsql set search_path = public as $$
begin
  if (new.account_id, new.id, new.share_id, new.recipient_account_id, new.expires_at)
     is distinct from (old.account_id, old.id, old.share_id, old.recipient_account_id, old.expires_at)
     or new.status = 'pending' and old.status <> 'pending' then
    raise exception 'invitation % cannot be changed this way', old.id using errcode = 'CV004';
  end if;
  return new;
end $$;
create trigger refuse_altered_invitation before update on invitations
  for each row execute function refuse_altered_invitation();

-- What an account that may replicate into a target has to know before it tries: nothing about who used it.
create function target_facts() returns table (vault_id text, is_used boolean, is_owner_active boolean)
  language sql stable security definer set search_path = public
  begin atomic
    select v.id, exists (select 1 from replications r where r.target_vault_id = v.id), a.state = 'active'
    from vaults v join accounts a on a.account_id = v.account_id
    where v.kind = 'replication_target' and current_account() is not null
      and (v.account_id = current_account()
        or exists (select 1 from grants g where g.vault_id = v.id and g.grantee_account_id = current_account()));
  end;
revoke execute on function lock_invited_share(text), invited_vault_count(text), target_facts() from public;
grant execute on function lock_invited_share(text), invited_vault_count(text), target_facts() to crossvault_app;

-- Starting a replication locks the grant it rests on, so that a revocation is either before it or after it. A locking
-- read needs the UPDATE privilege; the policy still lets no row be changed.
grant update (created_at) on grants to crossvault_app;
create policy lock_by_grantee on grants for update to crossvault_app
  using (current_account() = grantee_account_id) with check (false);

-- The rules that must hold whatever runs beside the start of a replication, with both vaults locked against deletion.
create function refuse_unfit_replication() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform 1 from vaults v where v.id in (new.source_vault_id, new.target_vault_id) order by v.id for no key update;
  if exists (
    select 1 from vaults s, vaults t
    where s.id = new.source_vault_id and t.id = new.target_vault_id
      and (s.kind <> 'standard' or t.kind <> 'replication_target' or s.encryption <> t.encryption
        or s.account_id <> new.source_account_id
        or 'deleting' in (s.status, t.status)
        or s.account_id = t.account_id and s.region = t.region)) then
    raise exception 'vault % cannot be replicated to %', new.source_vault_id, new.target_vault_id using errcode = 'CV003';
  end if;
  return new;
end $$;
create trigger refuse_unfit_replication before insert on replications
  for each row execute function refuse_unfit_replication();

create function refuse_resumed_replication() returns trigger language plpgsql set search_path = public as $$
begin
  if old.state = 'stopped' and new.state <> 'stopped' then
    raise exception 'replication % has been stopped', old.id using errcode = 'CV003';
  end if;
  return new;
end $$;
create trigger refuse_resumed_replication before update of state on replications
  for each row execute function refuse_resumed_replication();

-- A replication shows each side the other's vault by the name it has now.
create function rename_replicated_vault() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update replications set source_vault_name = new.name where source_vault_id = new.id and state = 'active';
  update replications set target_vault_name = new.name where target_vault_id = new.id;
  return null;
end $$;
create trigger rename_replicated_vault after update of name on vaults
  for each row when (old.name is distinct from new.name) execute function rename_replicated_vault();

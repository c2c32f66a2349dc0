-- 6704 is a project id that names no project of the region; 6705 a share that there is not.
create or replace function backup_share_refusal(p backup_points, project text) returns text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select case
      when p.source_kind not in ('server', 'disk') then '6700'
      when p.share_id is not null then '6714'
      when p.status <> 'visible' or v.status = 'deleting'
        or p.expires_at <= expiry_now() and not is_kept_as_newest(p) then '6702'
      when exists (select 1 from region_offers o where o.region = v.region and not o.backup_sharing) then '6707'
      when r.id is null then '6704'
      when r.account_id = p.account_id then '6707'
      when r.region <> v.region then '6704'
      when a.state <> 'active' then '6707'
      when exists (select 1 from backup_shares s
        where s.point_id = p.id and s.recipient_project_id = project and s.slot is not null) then '6703'
      when (select count(*) from backup_shares s where s.point_id = p.id and s.slot is not null) >= 10 then '6701'
      when exists (select 1 from backup_keys(p) needed
        where not reaches_project(needed, r.account_id, project)) then '6709'
    end
    from vaults v left join projects r on r.id = project left join accounts a on a.account_id = r.account_id
    where v.id = p.vault_id;
  end;

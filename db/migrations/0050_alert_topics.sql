-- Disks, servers, images and file systems are storage, to who wants to hear of it.
create or replace function alert_topic(kind text) returns text language sql immutable
  return case split_part(kind, '.', 1)
    when 'job' then 'backups'
    when 'policies' then 'backups'
    when 'replication' then 'replication'
    when 'share' then 'sharing'
    when 'directory' then 'sharing'
    when 'vaults' then 'vaults'
    when 'archive' then 'vaults'
    when 'storage' then 'vaults'
    when 'disks' then 'vaults'
    when 'servers' then 'vaults'
    when 'images' then 'vaults'
    when 'file_systems' then 'vaults'
    when 'keys' then 'keys'
    when 'alerts' then null
    else 'account'
  end;

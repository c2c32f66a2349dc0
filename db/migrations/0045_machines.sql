-- When an engine last saw the machine of a server, and whether a stop is to wait for its guest.
alter table servers
  add column checked_at timestamptz,
  add column stop_asked_at timestamptz,
  add column is_stop_forced boolean not null default false;
create index servers_to_tend on servers (account_id, checked_at) where state in ('starting', 'running', 'stopping', 'deleting');

-- Where notifications go besides the console.
create table alert_contacts (
  account_id text not null references accounts,
  id text primary key,
  -- At most twenty an account.
  place smallint not null check (place between 1 and 20),
  kind text not null check (kind in ('email', 'webhook')),
  name text not null check (length(name) between 1 and 64),
  address text not null check (length(address) between 3 and 2000),
  topics text[] not null check (cardinality(topics) between 1 and 10),
  least_severity text not null check (least_severity in ('info', 'warning', 'error')),
  -- Signs what a webhook receives. Shown once to whoever made the contact; the web process cannot read it back.
  signing_secret text,
  -- Nothing is sent to an address before it has proved to be the account's own.
  verified_at timestamptz,
  code_hash bytea,
  code_expires_at timestamptz,
  code_failures smallint not null default 0,
  last_delivered_at timestamptz,
  last_failed_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  unique (account_id, id),
  unique (account_id, place),
  unique (account_id, kind, address),
  check ((kind = 'webhook') = (signing_secret is not null))
);
call wall('alert_contacts');
revoke select on alert_contacts from crossvault_app;
grant select (account_id, id, place, kind, name, address, topics, least_severity, verified_at, code_hash, code_expires_at,
  code_failures, last_delivered_at, last_failed_at, last_error, created_at) on alert_contacts to crossvault_app;

-- One message to one contact. It stays as the record of what was sent.
create table alert_deliveries (
  account_id text not null,
  id text primary key,
  contact_id text not null,
  purpose text not null check (purpose in ('notification', 'verification', 'test')),
  kind text not null,
  severity text not null check (severity in ('info', 'success', 'warning', 'error')),
  title text not null,
  body text not null default '',
  href text,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts smallint not null default 0,
  due_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  foreign key (account_id, contact_id) references alert_contacts (account_id, id) on delete cascade
);
create index alert_deliveries_due on alert_deliveries (account_id, due_at) where state = 'waiting';
create index alert_deliveries_by_time on alert_deliveries (account_id, created_at desc);
create index alert_deliveries_by_contact on alert_deliveries (contact_id);
call wall('alert_deliveries');

-- What a notification is about. Those of the alerts themselves stay in the console, or a dead contact would alarm itself.
create function alert_topic(kind text) returns text language sql immutable
  return case split_part(kind, '.', 1)
    when 'job' then 'backups'
    when 'policies' then 'backups'
    when 'replication' then 'replication'
    when 'share' then 'sharing'
    when 'directory' then 'sharing'
    when 'vaults' then 'vaults'
    when 'archive' then 'vaults'
    when 'storage' then 'vaults'
    when 'keys' then 'keys'
    when 'alerts' then null
    else 'account'
  end;

create function severity_rank(severity text) returns integer language sql immutable
  return case severity when 'error' then 3 when 'warning' then 2 else 1 end;

-- In the transaction of the notification, whoever writes it: none can be left without the deliveries that it owes.
create function queue_alerts() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into alert_deliveries (account_id, id, contact_id, purpose, kind, severity, title, body, href)
    select new.account_id, 'ad-' || replace(gen_random_uuid()::text, '-', ''), c.id, 'notification', new.kind,
      new.severity, new.title, new.body, new.href
    from alert_contacts c
    where c.account_id = new.account_id and c.verified_at is not null
      and alert_topic(new.kind) = any (c.topics) and severity_rank(new.severity) >= severity_rank(c.least_severity);
  if found then perform wake_ticker(new.account_id); end if;
  return null;
end $$;
create trigger queue_alerts after insert on notifications for each row execute function queue_alerts();

-- A folder is downloaded as an archive, a file as it is.
alter table download_tickets
  add column format text not null default 'file' check (format in ('file', 'tar', 'zip'));

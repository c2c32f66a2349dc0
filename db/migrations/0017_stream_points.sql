-- What the client read from an image archive: its layout and the tags that its own manifest names.
alter table backup_points
  add column stream_details jsonb,
  add constraint only_streams_have_details check (stream_details is null or source_kind in ('database_dump', 'container_image'));

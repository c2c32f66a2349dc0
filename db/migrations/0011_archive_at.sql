-- When a point moves to the archive tier, and into which archive vault (null: its own vault's archive tier). Fixed when the
-- point is made, like its retention: what a policy says later governs later points only. Only a hand's request brings it
-- nearer, and the same limits hold for it: thirty days in the standard tier first, at least sixty in the archive after.
-- Hours and not days, so that no change of a session's time zone moves a limit.
alter table backup_points
  add column archive_at timestamptz,
  add column archive_vault_id text,
  add constraint archived_after_thirty_days check (archive_at >= created_at + interval '720 hours'),
  add constraint archived_for_sixty_days check (expires_at >= archive_at + interval '1440 hours'),
  add constraint archive_vault_has_a_time check (archive_vault_id is null or archive_at is not null);
create index backup_points_to_archive on backup_points (account_id, archive_at)
  where status = 'visible' and tier = 'standard' and archive_at is not null;

-- An instance's backups, of which there may be one every few minutes for years, without those of everything else.
create index backup_points_of_hana on backup_points (account_id, source_id, created_at desc) where hana is not null;

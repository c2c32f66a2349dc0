-- Points of a rule move into an archive vault of the same account; when that vault goes, into their own vault's archive tier.
alter table policy_rules
  add foreign key (account_id, archive_vault_id) references vaults (account_id, id) on delete set null (archive_vault_id)
    deferrable initially deferred,
  add constraint archive_vault_needs_archiving check (archive_vault_id is null or archive_after_days is not null);

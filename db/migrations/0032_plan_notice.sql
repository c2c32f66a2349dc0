-- When the account was told that the plan is about to end; the rest of a plan is never changed.
alter table capacity_plans add column ending_told_at timestamptz;
grant update (ending_told_at) on capacity_plans to crossvault_engine;
create index capacity_plans_to_tell on capacity_plans (account_id, ends_at) where ending_told_at is null;

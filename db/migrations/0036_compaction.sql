-- Packs that are partly dead are written anew: how much of a pack is alive is told by its rows against what it held once.
alter table packs add column plain_bytes integer;

alter table collections drop constraint collections_step_check;
alter table collections add constraint collections_step_check
  check (step in ('mark', 'wait', 'remark', 'sweep', 'compact', 'done'));
alter table collections add column rewritten_bytes bigint not null default 0;

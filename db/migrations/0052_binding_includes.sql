-- Only what a pattern names, as a backup that is started by hand has it; with none, everything below the paths.
alter table policy_bindings add column includes jsonb not null default '[]'
  check (jsonb_typeof(includes) = 'array' and jsonb_array_length(includes) <= 100);

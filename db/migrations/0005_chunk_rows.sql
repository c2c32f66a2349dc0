-- A reader finds a frame by its number in the pack's own table, whose header it needs for the key anyway. Eight bytes a
-- chunk less.
alter table chunks drop column frame_offset, drop column frame_bytes;

-- What an office records of a unit that speaks by telephone or on paper, and what it does to reach it.
ALTER TABLE orders ADD COLUMN on_behalf_count BIGINT NOT NULL DEFAULT 0; -- steps recorded on the unit's behalf
ALTER TABLE orders ADD COLUMN calls BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN last_call TEXT NOT NULL DEFAULT '';        -- reached no_answer promised refused wrong_number
ALTER TABLE orders ADD COLUMN last_call_at BIGINT;
ALTER TABLE orders ADD COLUMN last_call_text TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN last_note TEXT NOT NULL DEFAULT '';        -- how far the unit is, in its own words
ALTER TABLE orders ADD COLUMN last_note_at BIGINT;
ALTER TABLE orders ADD COLUMN redirected_from_n BIGINT;                  -- the order of the unit that said: not ours
CREATE INDEX orders_redirected ON orders (redirected_from_n) WHERE redirected_from_n IS NOT NULL;
-- A scan belongs to the step that it proves.
ALTER TABLE attachments ADD COLUMN step_n BIGINT;
ALTER TABLE attachments ADD COLUMN on_behalf BIGINT NOT NULL DEFAULT 0;
-- The number was tried and is not this person's: to be asked for anew.
ALTER TABLE persons ADD COLUMN phone_wrong_at BIGINT;

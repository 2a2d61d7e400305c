-- What a measure must know of an order at the moment of a step, so that it reads steps alone: what the order is about,
-- which unit issued it, whether it was this unit's own to do, and the deadlines in force after the step.
ALTER TABLE steps ADD COLUMN subject TEXT NOT NULL DEFAULT '';   -- kind of the order, the notice, the finding
ALTER TABLE steps ADD COLUMN issuer_n BIGINT NOT NULL DEFAULT 0; -- 0: nobody issued it
ALTER TABLE steps ADD COLUMN reply TEXT NOT NULL DEFAULT '';     -- what an order asks for: none acknowledge answer
ALTER TABLE steps ADD COLUMN acknowledge_due BIGINT;
ALTER TABLE steps ADD COLUMN answer_due BIGINT;
CREATE INDEX steps_recorded ON steps (resource, recorded_at);

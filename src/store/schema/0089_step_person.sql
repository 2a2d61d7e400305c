-- Who stood behind the account when the step was taken: an account may be given another name, and to another person.
ALTER TABLE steps ADD COLUMN actor_person_n BIGINT NOT NULL DEFAULT 0;
UPDATE steps SET actor_person_n = COALESCE((SELECT person_n FROM users u WHERE u.n = actor_user_n), 0)
	WHERE actor_user_n > 0;

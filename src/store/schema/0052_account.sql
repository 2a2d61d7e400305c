-- One-time codes, second factors, contacts that were checked.
ALTER TABLE users ADD COLUMN code_hash TEXT NOT NULL DEFAULT '';     -- argon2id; '': no code is out
ALTER TABLE users ADD COLUMN code_until BIGINT NOT NULL DEFAULT 0;   -- of the last code, used or not; 0: never had one
ALTER TABLE users ADD COLUMN code_at BIGINT;                         -- when the last code was issued
ALTER TABLE users ADD COLUMN totp_secret TEXT NOT NULL DEFAULT '';   -- base32; '': no second factor
ALTER TABLE users ADD COLUMN totp_pending TEXT NOT NULL DEFAULT '';  -- begun and not yet confirmed
ALTER TABLE users ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;    -- the last step used: none at or before it again
CREATE TABLE recovery_codes (
	n       INTEGER PRIMARY KEY,
	user_n  BIGINT NOT NULL REFERENCES users (n),
	hash    TEXT NOT NULL                  -- SHA-256; a code that was used is deleted
);
CREATE INDEX recovery_codes_user ON recovery_codes (user_n, hash);
ALTER TABLE units ADD COLUMN contacts_checked_at BIGINT;             -- when somebody last said that they are right

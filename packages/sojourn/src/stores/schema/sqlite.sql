-- Sojourn's tables for SQLite 3.37 and later. Running this again does no harm, and brings older tables up to date.

-- Version 1.
-- One row per session. Text compares byte by byte (SQLite's default collation, BINARY).
CREATE TABLE IF NOT EXISTS sojourn_sessions (
  id         TEXT    NOT NULL PRIMARY KEY,
  version    INTEGER NOT NULL,
  user_id    TEXT,
  ref        TEXT,
  expires_at INTEGER NOT NULL, -- milliseconds since the Unix epoch
  body       TEXT    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS sojourn_sessions_user_id ON sojourn_sessions (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS sojourn_sessions_ref ON sojourn_sessions (ref) WHERE ref IS NOT NULL;
CREATE INDEX IF NOT EXISTS sojourn_sessions_expires_at ON sojourn_sessions (expires_at);

-- Which of these versions were run.
CREATE TABLE IF NOT EXISTS sojourn_schema (
  version INTEGER NOT NULL PRIMARY KEY
) STRICT;
INSERT INTO sojourn_schema (version) VALUES (1) ON CONFLICT DO NOTHING;

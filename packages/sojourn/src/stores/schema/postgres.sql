-- Sojourn's tables for PostgreSQL 12 and later. Running this again does no harm, and brings older tables up to date.

-- Version 1.
-- One row per session. Ids compare and sort byte by byte (COLLATE "C").
CREATE TABLE IF NOT EXISTS sojourn_sessions (
  id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  version    BIGINT           NOT NULL,
  user_id    TEXT COLLATE "C",
  ref        TEXT COLLATE "C",
  expires_at BIGINT           NOT NULL, -- milliseconds since the Unix epoch
  body       TEXT             NOT NULL
);

CREATE INDEX IF NOT EXISTS sojourn_sessions_user_id ON sojourn_sessions (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS sojourn_sessions_ref ON sojourn_sessions (ref) WHERE ref IS NOT NULL;
CREATE INDEX IF NOT EXISTS sojourn_sessions_expires_at ON sojourn_sessions (expires_at);

-- Which of these versions were run. The store reads the highest once, when it is first used.
CREATE TABLE IF NOT EXISTS sojourn_schema (
  version INTEGER NOT NULL PRIMARY KEY
);
INSERT INTO sojourn_schema (version) VALUES (1) ON CONFLICT DO NOTHING;

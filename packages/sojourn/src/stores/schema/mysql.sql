-- Sojourn's tables for MySQL 8.0 and MariaDB 10.6 and later. Running this again does no harm, and brings older tables up to date.

-- Version 1.
-- One row per session. Text is kept as the bytes of its UTF-8, so that it compares byte by byte, trailing spaces included,
-- whatever the character set of the server or of a connection; to read it: CONVERT(body USING utf8mb4).
CREATE TABLE IF NOT EXISTS sojourn_sessions (
  id         VARBINARY(255) NOT NULL PRIMARY KEY,
  version    BIGINT         NOT NULL,
  user_id    VARBINARY(255),
  ref        VARBINARY(255),
  expires_at BIGINT         NOT NULL, -- milliseconds since the Unix epoch
  body       MEDIUMBLOB     NOT NULL,
  KEY sojourn_sessions_user_id (user_id),
  KEY sojourn_sessions_ref (ref),
  KEY sojourn_sessions_expires_at (expires_at)
) ENGINE = InnoDB;

-- Which of these versions were run. The store reads the highest once, when it is first used.
CREATE TABLE IF NOT EXISTS sojourn_schema (
  version INTEGER NOT NULL PRIMARY KEY
) ENGINE = InnoDB;
INSERT INTO sojourn_schema (version) VALUES (1) ON DUPLICATE KEY UPDATE version = 1;

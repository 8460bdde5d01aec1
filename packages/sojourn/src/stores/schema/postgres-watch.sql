-- What announces changes to every process, for `watch`. Optional: see what it costs in the documentation of the store.
-- Running this again does no harm, and brings it up to date. Needs the tables of Sojourn's schema for PostgreSQL.

-- Version 1.
-- Whoever removes is announced: every release of every process, and a person's DELETE as well.
CREATE OR REPLACE FUNCTION sojourn_sessions_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    PERFORM pg_notify('sojourn_sessions', 'all');
  ELSE
    PERFORM pg_notify('sojourn_sessions', lower(TG_OP) || ' ' || OLD.id);
  END IF;
  RETURN NULL;
END $$;

-- Not of what says only when a session was last used: every update but those names ref, which none changes.
DROP TRIGGER IF EXISTS sojourn_sessions_updated ON sojourn_sessions;
CREATE TRIGGER sojourn_sessions_updated AFTER UPDATE OF ref ON sojourn_sessions
  FOR EACH ROW EXECUTE FUNCTION sojourn_sessions_notify();

-- Not of what had expired: no process serves it, and a sweep removes thousands.
DROP TRIGGER IF EXISTS sojourn_sessions_removed ON sojourn_sessions;
CREATE TRIGGER sojourn_sessions_removed AFTER DELETE ON sojourn_sessions
  FOR EACH ROW WHEN (OLD.expires_at > extract(epoch FROM clock_timestamp()) * 1000)
  EXECUTE FUNCTION sojourn_sessions_notify();

DROP TRIGGER IF EXISTS sojourn_sessions_truncated ON sojourn_sessions;
CREATE TRIGGER sojourn_sessions_truncated AFTER TRUNCATE ON sojourn_sessions
  FOR EACH STATEMENT EXECUTE FUNCTION sojourn_sessions_notify();

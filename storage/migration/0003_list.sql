-- Finished jobs that were taken out of the list; they stay in the history.
ALTER TABLE job ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0;
-- What is to become of a job that somebody works on at the moment, '' for nothing.
ALTER TABLE job ADD COLUMN wish TEXT NOT NULL DEFAULT '';

CREATE INDEX job_listed ON job (ended) WHERE ended IS NOT NULL AND cleared = 0;

-- What has failed stays in the list, however much was finished after it.
CREATE INDEX job_failed ON job (ended) WHERE ended IS NOT NULL AND cleared = 0 AND state = 'failed';
CREATE INDEX download_failed ON download (finished) WHERE finished IS NOT NULL AND state = 'failed';

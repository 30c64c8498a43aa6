-- Watched folders ask whether a file was downloaded to where it is.
CREATE INDEX download_path ON download (path);

-- What was accepted together: one drop, one paste, one command.
CREATE TABLE batch (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    origin TEXT NOT NULL,
    added  INTEGER
) STRICT;

-- Accepted paths that were not walked to their end yet.
CREATE TABLE intake (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    batch  INTEGER NOT NULL,
    path   BLOB NOT NULL,
    origin TEXT NOT NULL,
    added  INTEGER
) STRICT;

-- Paths of an intake that have their job: a walk that starts over skips them.
CREATE TABLE taken (
    intake INTEGER NOT NULL,
    path   BLOB NOT NULL,
    PRIMARY KEY (intake, path)
) STRICT, WITHOUT ROWID;

-- Times are nanoseconds since 1970, NULL for none.
CREATE TABLE job (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    batch      INTEGER NOT NULL,
    path       BLOB NOT NULL,
    name       BLOB NOT NULL,
    folder     BLOB NOT NULL,
    origin     TEXT NOT NULL,
    size       INTEGER NOT NULL,
    mod_time   INTEGER,
    state      TEXT NOT NULL,
    tries      INTEGER NOT NULL,
    next_try   INTEGER,
    file_id    TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    link_api   TEXT NOT NULL,
    fail_kind  TEXT NOT NULL,
    fail_value TEXT NOT NULL,
    fail_text  TEXT NOT NULL,
    added      INTEGER,
    finished   INTEGER,
    verified   INTEGER NOT NULL,
    duplicate  INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    ended      INTEGER,      -- place in the history, unique, growing; NULL: unfinished
    search     TEXT NOT NULL -- the name as searches compare it
) STRICT;

CREATE INDEX job_batch ON job (batch);
CREATE INDEX job_ended ON job (ended) WHERE ended IS NOT NULL;

CREATE TABLE attempt (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    job      INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    api      TEXT NOT NULL,
    started  INTEGER,
    ended    INTEGER,
    size     INTEGER NOT NULL,
    mod_time INTEGER,
    sent     INTEGER NOT NULL,
    sha256   TEXT NOT NULL,
    file_id  TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    detail   TEXT NOT NULL
) STRICT;

CREATE INDEX attempt_job ON attempt (job);

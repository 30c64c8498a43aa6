-- Files on their way from the service, and albums of which the files are not
-- known yet (file_id is empty then). Times are nanoseconds since 1970, NULL for
-- none.
CREATE TABLE download (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    batch      INTEGER NOT NULL, -- id of the first row that was accepted with it
    api        TEXT NOT NULL,    -- address of the service
    file_id    TEXT NOT NULL,
    album_id   TEXT NOT NULL,    -- the album that it comes from
    name       TEXT NOT NULL,    -- as the service has it, empty until told
    folder     BLOB NOT NULL,
    part       BLOB NOT NULL,    -- path of the unfinished file, empty when there is none
    path       BLOB NOT NULL,    -- path of the finished file, empty until it is chosen
    size       INTEGER NOT NULL, -- below 0: not told
    sha256     TEXT NOT NULL,
    etag       TEXT NOT NULL,
    uploaded   INTEGER,
    state      TEXT NOT NULL,
    tries      INTEGER NOT NULL,
    next_try   INTEGER,
    fail_kind  TEXT NOT NULL,
    fail_value TEXT NOT NULL,
    fail_text  TEXT NOT NULL,
    added      INTEGER,
    finished   INTEGER,          -- NULL: unfinished
    verified   INTEGER NOT NULL,
    position   INTEGER NOT NULL
) STRICT;

CREATE INDEX download_finished ON download (finished) WHERE finished IS NOT NULL;

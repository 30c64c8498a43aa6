-- Watched folders, what was seen in them, and what happened there. Times are
-- nanoseconds since 1970, NULL for none.
CREATE TABLE watch_folder (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    path     BLOB NOT NULL,
    options  TEXT NOT NULL,    -- JSON of what the user chose
    enabled  INTEGER NOT NULL,
    added    INTEGER,
    uploaded INTEGER NOT NULL, -- files, ever
    last     INTEGER           -- the last upload
) STRICT;

-- The ledger: every file that was there first, taken or skipped.
CREATE TABLE watch_file (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    folder  INTEGER NOT NULL,
    path    BLOB NOT NULL,    -- below the folder
    device  INTEGER NOT NULL,
    inode   INTEGER NOT NULL, -- 0: not known
    size    INTEGER NOT NULL,
    changed INTEGER NOT NULL, -- time of change
    sha256  TEXT NOT NULL,    -- of what was uploaded, empty when not known
    state   TEXT NOT NULL,
    batch   INTEGER NOT NULL, -- what it was uploaded with, 0 for none
    handed  INTEGER,          -- when it was given to the queue
    gone    INTEGER,          -- when it was seen to be away
    link    TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX watch_file_path ON watch_file (folder, path);

CREATE TABLE watch_activity (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL,
    at     INTEGER,
    path   BLOB NOT NULL,
    what   TEXT NOT NULL,
    reason TEXT NOT NULL,
    link   TEXT NOT NULL,
    size   INTEGER NOT NULL
) STRICT;

CREATE INDEX watch_activity_at ON watch_activity (at);

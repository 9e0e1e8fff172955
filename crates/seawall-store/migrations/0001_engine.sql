-- The engine: facts and their numbering, the queue, leases, checkpoints, blobs and their keys.
-- Types are BIGINT, TEXT, BOOLEAN, and one more that the runner renames for PostgreSQL.

CREATE TABLE fact (
    id TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    public BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL,
    seq BIGINT UNIQUE,
    public_seq BIGINT UNIQUE,
    UNIQUE (subject, subject_id, version)
);

CREATE INDEX fact_unnumbered ON fact (at, id) WHERE seq IS NULL;
CREATE INDEX fact_unnumbered_public ON fact (seq) WHERE public AND public_seq IS NULL;

CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    role TEXT NOT NULL,
    priority BIGINT NOT NULL,
    due BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    leased_until BIGINT,
    lease TEXT,
    state TEXT NOT NULL,
    last_error TEXT,
    cause TEXT NOT NULL,
    UNIQUE (cause, kind, payload)
);

CREATE INDEX job_open ON job (priority, due, id) WHERE state IN ('ready', 'leased');

CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

CREATE TABLE checkpoint (
    log TEXT NOT NULL,
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (log, size)
);

CREATE TABLE blob (
    address TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    digest TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX blob_owner ON blob (owner);

CREATE TABLE data_key (
    owner TEXT NOT NULL PRIMARY KEY,
    wrapped BLOB NOT NULL
);

-- What an installation judges and counts by: one row, with the version of the rubric in force.
CREATE TABLE basis (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    rubric BIGINT NOT NULL
);

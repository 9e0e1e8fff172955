-- The framework for models: what is public of it is in no table, because nothing is.

-- The roots of every protocol that was committed to.
CREATE TABLE evaluation (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    roots TEXT NOT NULL
);

-- The snapshots find the lineage: a model offered again has the days that it had.
CREATE TABLE engagement (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    developer TEXT NOT NULL, snapshots TEXT NOT NULL, opened BIGINT NOT NULL
);
CREATE INDEX engagement_by_developer ON engagement (developer, opened);

CREATE TABLE tie (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    person TEXT NOT NULL
);
CREATE INDEX tie_by_person ON tie (person);

CREATE TABLE partner (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    party TEXT NOT NULL, developer TEXT NOT NULL, panel TEXT NOT NULL, stage TEXT NOT NULL,
    filed BIGINT NOT NULL
);
CREATE INDEX partner_by_party ON partner (party);
CREATE INDEX partner_by_developer ON partner (developer);

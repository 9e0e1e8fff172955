-- One table a subject. Every row can be rebuilt from its facts; `state` is the folded value, and
-- the columns beside it repeat what queries need. `version` counts the subject's facts.

CREATE TABLE party (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    name TEXT NOT NULL
);

CREATE TABLE account (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    party TEXT NOT NULL
);

CREATE TABLE project (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    package TEXT NOT NULL UNIQUE, maintainer TEXT NOT NULL
);

CREATE TABLE scan (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    party TEXT NOT NULL, package TEXT NOT NULL, ends BIGINT NOT NULL
);
CREATE INDEX scan_by_package ON scan (package, ends);

CREATE TABLE finding (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    finder TEXT NOT NULL, package TEXT NOT NULL, receipt TEXT NOT NULL, digest TEXT NOT NULL,
    lead TEXT NOT NULL, standing TEXT NOT NULL, received BIGINT NOT NULL
);
CREATE INDEX finding_by_package ON finding (package);
CREATE INDEX finding_by_receipt ON finding (receipt);
CREATE INDEX finding_by_digest ON finding (finder, digest);
CREATE INDEX finding_by_lead ON finding (lead);
CREATE INDEX finding_by_standing ON finding (standing, received);

CREATE TABLE reproduction (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    finding TEXT NOT NULL UNIQUE
);

CREATE TABLE flaw_case (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    project TEXT NOT NULL, finding TEXT NOT NULL UNIQUE, participants TEXT NOT NULL,
    report TEXT NOT NULL, embargo TEXT NOT NULL, opened BIGINT NOT NULL
);
CREATE INDEX flaw_case_by_project ON flaw_case (project);

CREATE TABLE fix (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    flaw_case TEXT NOT NULL
);
CREATE INDEX fix_by_case ON fix (flaw_case);

CREATE TABLE advisory (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    flaw_case TEXT NOT NULL UNIQUE, number TEXT UNIQUE, standing TEXT NOT NULL
);

CREATE TABLE inventory (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    operator TEXT NOT NULL, label TEXT NOT NULL, serial BIGINT NOT NULL,
    UNIQUE (operator, label, serial)
);

CREATE TABLE statement (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    issuer TEXT NOT NULL, digest TEXT NOT NULL
);

CREATE TABLE exposure (
    id TEXT PRIMARY KEY, version BIGINT NOT NULL, updated_by TEXT NOT NULL, state TEXT NOT NULL,
    operator TEXT NOT NULL, label TEXT NOT NULL, advisory TEXT NOT NULL,
    component TEXT NOT NULL, standing TEXT NOT NULL,
    UNIQUE (operator, label, advisory, component)
);
CREATE INDEX exposure_by_advisory ON exposure (advisory);

-- Login links, sessions and keys by the digest of their secret; without history.
CREATE TABLE credential (
    digest TEXT PRIMARY KEY, kind TEXT NOT NULL, account TEXT NOT NULL,
    expires BIGINT NOT NULL, used BIGINT, csrf TEXT
);

-- Which finding and whose turn a job is about; who works on it, since when, and when last heard of.
ALTER TABLE job ADD COLUMN finding TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN party TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN worker TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN began BIGINT;
ALTER TABLE job ADD COLUMN heard BIGINT;

DROP INDEX job_open;
CREATE INDEX job_open ON job (role, party, priority, due, id) WHERE state IN ('ready', 'leased');
CREATE INDEX job_open_by_finding ON job (finding) WHERE state IN ('ready', 'leased');
CREATE INDEX job_dead ON job (id) WHERE state = 'dead';

-- When each party had its last turn, by role: a number that grows with every turn.
CREATE TABLE turn (
    role TEXT NOT NULL,
    party TEXT NOT NULL,
    served BIGINT NOT NULL,
    PRIMARY KEY (role, party)
);
INSERT INTO turn (role, party, served) SELECT DISTINCT role, '', 0 FROM job;

-- What makes the jobs about a finding urgent.
CREATE TABLE urgency (
    finding TEXT NOT NULL PRIMARY KEY,
    attacked BOOLEAN NOT NULL,
    embargo_until BIGINT
);

-- Why jobs were put back; the newest few of each.
CREATE TABLE job_try (
    job TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    worker TEXT NOT NULL,
    cause TEXT NOT NULL,
    PRIMARY KEY (job, number)
);

-- What the newest runs in the laboratory used; bookkeeping, no record.
CREATE TABLE lab_run (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    job TEXT NOT NULL,
    finding TEXT NOT NULL,
    worker TEXT NOT NULL,
    target TEXT NOT NULL,
    cpu_ms BIGINT NOT NULL,
    wall_ms BIGINT NOT NULL,
    peak_mib BIGINT NOT NULL
);
CREATE INDEX lab_run_newest ON lab_run (at, id);

-- By what an installation knows its own folders again.
CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

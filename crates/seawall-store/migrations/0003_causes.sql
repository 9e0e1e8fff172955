-- What tells of the flaw: the id of an advisory of ours, or the name that outside sources give it.
ALTER TABLE exposure RENAME COLUMN advisory TO cause;

"""A small archive: people store notes, and find them again."""

import hmac
import os
import re
import secrets
import sqlite3
import subprocess
from pathlib import Path

ROOT = Path("/var/lib/archive").resolve()
ORDERS = {"newest": "created DESC", "title": "title ASC"}


# seal: @DECOY1@
def find(db: sqlite3.Connection, owner: int, words: str) -> list:
    pattern = "%" + words.replace("%", "") + "%"
    return db.execute(
        "SELECT id, title FROM note WHERE owner = ? AND body LIKE ?", (owner, pattern)
    ).fetchall()


# seal: @DECOY2@
def listed(db: sqlite3.Connection, owner: int, order: str) -> list:
    by = ORDERS.get(order, "id ASC")
    return db.execute(f"SELECT id, title FROM note WHERE owner = ? ORDER BY {by}", (owner,)).fetchall()


# seal: @DECOY3@
def attachment(name: str) -> bytes:
    path = (ROOT / name).resolve()
    if not path.is_relative_to(ROOT):
        raise PermissionError(name)
    return path.read_bytes()


# seal: @DECOY4@
def thumbnail(name: str) -> bytes:
    if not re.fullmatch(r"[a-z0-9]{1,40}\.png", name):
        raise ValueError(name)
    return subprocess.run(["convert", str(ROOT / name), "-resize", "64", "png:-"],
                          capture_output=True, check=True).stdout


# seal: @DECOY5@
def session() -> str:
    return secrets.token_urlsafe(32)


# seal: @FLAG@
def shared(db: sqlite3.Connection, note: int, token: str) -> str | None:
    row = db.execute("SELECT body, share FROM note WHERE id = ?", (note,)).fetchone()
    if row is None or not hmac.compare_digest(row[1] or "", token):
        return None
    return row[0]


# seal: @DECOY6@
def login(db: sqlite3.Connection, name: str, given: bytes) -> bool:
    row = db.execute("SELECT digest FROM account WHERE name = ?", (name,)).fetchone()
    digest = row[0] if row else b"\0" * 32
    return hmac.compare_digest(digest, given) and row is not None


# seal: @DECOY7@
def rename(db: sqlite3.Connection, owner: int, note: int, title: str) -> bool:
    done = db.execute("UPDATE note SET title = ? WHERE id = ? AND owner = ?", (title, note, owner))
    return done.rowcount == 1


# seal: @DECOY8@
def store(name: str, content: bytes) -> str:
    final = ROOT / secrets.token_hex(16)
    with open(final, "xb") as file:
        file.write(content)
    os.chmod(final, 0o600)
    return final.name

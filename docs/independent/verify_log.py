#!/usr/bin/env python3
"""Holds a public log against itself and against checkpoints that somebody kept.

    verify_log.py FOLDER [OLDER_CHECKPOINT ...]

FOLDER is a copy of /public/log: a key, a checkpoint and tiles (C2SP tlog-tiles, tlog-checkpoint,
signed-note; hashing of RFC 6962 section 2.1; Ed25519 of RFC 8032). Every entry is hashed anew, every
tile compared, the root computed and the signature verified. An older checkpoint must be of the same
log and its root that of the first entries of this one: otherwise the log was forked, cut short or
rolled back. What was appended since may not be dated much before what was there then.

It shares no code with Seawall and needs nothing but Python's own library, so that whoever doubts the
program can read this instead. Status 0 says that everything holds, 1 that something does not.
"""

import base64
import datetime
import hashlib
import json
import pathlib
import sys

WIDTH = 256  # entries or hashes in a full tile
BACK_DATED_SECONDS = 300  # how far back an entry's time may lie, for clocks of several machines


class Unbelieved(Exception):
    """Something does not hold; says what."""


# Ed25519 (RFC 8032 section 5.1), verification only; nothing here is secret.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise Unbelieved("a signature or key is no point of the curve")
    return (P - x if x % 2 != sign else x), y


def add(one, two):
    (x1, y1), (x2, y2) = one, two
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, P - 2, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, P - 2, P)
    return x % P, y % P


def times(number, base):
    result = (0, 1)
    while number:
        if number & 1:
            result = add(result, base)
        base, number = add(base, base), number >> 1
    return result


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(key, message, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    digest = hashlib.sha512(r + key + message).digest()
    h = int.from_bytes(digest, "little") % Q
    return s < Q and times(s, BASE) == add(point(r), times(h, point(key)))


# The log.
def leaf(data):
    return hashlib.sha256(b"\0" + data).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root(hashes):
    """The root of a tree over leaves, the largest full tree to the left (RFC 6962 section 2.1)."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    left = 1 << (len(hashes) - 1).bit_length() - 1
    return node(root(hashes[:left]), root(hashes[left:]))


def read_key(text):
    name, identity, encoded = text.strip().split("+", 2)
    data = base64.b64decode(encoded, validate=True)
    if data[:1] != b"\1" or len(data) != 33:
        raise Unbelieved("the key is not an Ed25519 key of a signed note")
    expected = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if identity != expected.hex():
        raise Unbelieved("the key's identity is not its own")
    return name, expected, data[1:]


def read_checkpoint(text, key):
    """The size and root that a checkpoint states, once its signature holds."""
    name, identity, public = key
    body, _, signatures = text.partition("\n\n")
    origin, size, encoded = (body.split("\n") + ["", "", ""])[:3]
    if origin != name:
        raise Unbelieved(f"the checkpoint is of another log: {origin}")
    for line in signatures.splitlines():
        words = line.split(" ")
        if len(words) != 3 or words[:2] != ["\u2014", name]:
            continue
        data = base64.b64decode(words[2], validate=True)
        if data[:4] == identity and signed(public, (body + "\n").encode(), data[4:]):
            return int(size), base64.b64decode(encoded, validate=True)
    raise Unbelieved("the checkpoint bears no signature of the log's key that holds")


def tile(folder, level, index, width):
    """One tile's bytes; its number is written in groups of three digits."""
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    path = folder / "tile" / str(level) / "/".join(groups)
    if width < WIDTH and not path.is_file():
        path = path.with_name(path.name + ".p") / str(width)
    if not path.is_file():
        raise Unbelieved(f"missing: {path}")
    return path.read_bytes()


def bundles(folder, size):
    """Every entry, each behind its length in two bytes."""
    for first in range(0, size, WIDTH):
        width = min(WIDTH, size - first)
        data, at = tile(folder, "entries", first // WIDTH, width), 0
        for _ in range(width):
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            if end > len(data):
                raise Unbelieved(f"the entries from {first} on break off")
            yield data[at + 2 : end]
            at = end


def check_tiles(folder, hashes):
    """Each tile of hashes is what the entries make it; each level has the roots of the one below."""
    level = 0
    while hashes:
        for first in range(0, len(hashes), WIDTH):
            group = hashes[first : first + WIDTH]
            data = tile(folder, level, first // WIDTH, len(group))
            if data[: 32 * len(group)] != b"".join(group):
                raise Unbelieved(f"tile {first // WIDTH} of level {level} is not that of the entries")
        full = len(hashes) - len(hashes) % WIDTH
        hashes = [root(hashes[first : first + WIDTH]) for first in range(0, full, WIDTH)]
        level += 1


def instant(entry):
    return datetime.datetime.fromisoformat(json.loads(entry)["at"])


def verify(folder, older):
    key = read_key((folder / "key").read_text())
    size, said = read_checkpoint((folder / "checkpoint").read_text(), key)
    entries = list(bundles(folder, size))
    hashes = [leaf(entry) for entry in entries]
    if root(hashes) != said:
        raise Unbelieved("the entries are not those that the checkpoint was signed over")
    check_tiles(folder, hashes)
    for path in older:
        before, expected = read_checkpoint(pathlib.Path(path).read_text(), key)
        if before > size:
            raise Unbelieved(f"{path}: the log was cut short, from {before} entries to {size}")
        if root(hashes[:before]) != expected:
            raise Unbelieved(f"{path}: the log was forked: its first {before} entries are others")
        newest = max((instant(entry) for entry in entries[:before]), default=None)
        for number, entry in enumerate(entries[before:], before):
            if newest and (newest - instant(entry)).total_seconds() > BACK_DATED_SECONDS:
                raise Unbelieved(f"entry {number} came after {path} and is dated before it")
    return size


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        count = verify(pathlib.Path(sys.argv[1]), sys.argv[2:])
    except (Unbelieved, OSError, ValueError, KeyError, TypeError) as why:
        sys.exit(f"DOES NOT HOLD: {why}")
    print(f"everything holds: {count} entries, {len(sys.argv) - 2} older checkpoints")

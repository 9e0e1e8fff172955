#!/bin/sh
# Two messages have one nonce, so that one of them, known, tells the other.
word=$(python3 - <<'END'
import re
lines = [line.split() for line in open("traffic.txt")]
readings = open("readings.txt").read().splitlines()
by = {}
for nonce, text in lines:
    by.setdefault(nonce, []).append(bytes.fromhex(text))
one, other = next(both for both in by.values() if len(both) == 2)
for known in readings:
    for a, b in ((one, other), (other, one)):
        if len(a) != len(known):
            continue
        text = bytes(x ^ y ^ z for x, y, z in zip(a, b, known.encode()))
        found = re.search(rb"word to ([a-z0-9-]+) on", text)
        if found:
            print(found.group(1).decode())
END
)
python3 check.py "$word"

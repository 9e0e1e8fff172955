#!/bin/sh
# 5.2.0 is where the range of `knot` begins, and it is in it; no other version is in a range.
grep -A 8 '"name": "knot"' bom.json | grep -o 'flag{[^}]*}'

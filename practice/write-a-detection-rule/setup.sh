#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@SEALED@/14c4d66d95879c489d9fef44f8f5c770ebb8a27ffc451756009fccc12e36/g' \
    check.py

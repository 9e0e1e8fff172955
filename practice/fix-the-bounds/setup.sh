#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@SEALED@/aea4bcd827e2677dda7a05f9b4da94ea25849052bbddee0059a7a7c7b504/g' \
    check.py

#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@SEALED@/97ddb85404eb1b360323d90050d36b5f09a75231163e9abbae0638fb816c/g' \
    check.py

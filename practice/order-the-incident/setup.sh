#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@SEALED@/9a604578f17d9a795225c34cfb716174a6dc272ee0421148402258ad4daa/g' \
    check.py

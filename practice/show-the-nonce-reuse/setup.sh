#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@SEALED@/ca7bd5662194f6ef7c6fbc3ed4423b001ddf12f9a9b869e7c1ca8bd39dab/g' \
    check.py

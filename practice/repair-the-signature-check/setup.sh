#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@SEALED@/dfd1480d7f4acaa5692a895cf2986d125f2fd9d68b3d35ce8fe43677435f/g' \
    check.py

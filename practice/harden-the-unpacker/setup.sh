#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@SEALED@/dde8a06d57f902d038f067f9714d503beb1bc7afb8211634ff0e5a2f2e1f/g' \
    check.py

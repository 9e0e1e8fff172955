#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@SEALED@/2edc7119cef5e51dc730e2f3f7840c1e1abfee7ff685d41a9d30d27718c0/g' \
    check.py

#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@DECOY1@/flag{5AMNE72GWJ2NDR5HKEFRYXTQ}/g' \
    -e 's/@DECOY2@/flag{PIJSB5IM7CM7GZD34GZAN6QH}/g' \
    -e 's/@DECOY3@/flag{AWUPNIGXFAKTS6FIEFBALYY3}/g' \
    -e 's/@DECOY4@/flag{PSXCWKNQRU4RPZUWVRA533I6}/g' \
    -e 's/@FLAG@/flag{7YXTV3M2OIORVT7DZB6PKHGW}/g' \
    patch-1.diff patch-2.diff patch-3.diff patch-4.diff patch-5.diff

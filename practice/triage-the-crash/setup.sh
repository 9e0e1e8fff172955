#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@DECOY1@/flag{K5IQY2CXXRZX3DYKVIMSFVIR}/g' \
    -e 's/@DECOY2@/flag{5O57566XQXSLCBBIYTQI55XD}/g' \
    -e 's/@DECOY3@/flag{MFJHPPTZDFWHOH33BTPIWP5K}/g' \
    -e 's/@DECOY4@/flag{TB7PBMASRZDCV2X2VQDZ6E5D}/g' \
    -e 's/@DECOY5@/flag{CXO7SZ4BHL2UCTQYKPM3Z3DP}/g' \
    -e 's/@DECOY6@/flag{EDQLHFSE74PDMDRPDPICBU6A}/g' \
    -e 's/@FLAG@/flag{SPMTFDBH2WN5AO4AWNF2LEJ5}/g' \
    causes.txt

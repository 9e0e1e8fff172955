#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@DECOY1@/flag{NYIXZQGMJKTO5Z4677FFBCDX}/g' \
    -e 's/@DECOY2@/flag{VIBEL5I5LVQIL4SNFS2H6BA5}/g' \
    -e 's/@DECOY3@/flag{6GS7AHAPOYQI23DPFHJN43R6}/g' \
    -e 's/@DECOY4@/flag{YHI5HYLUJBEOSCXLWRKECZ3Q}/g' \
    -e 's/@DECOY5@/flag{7RRPSBAIYCFAXYDETNAKS333}/g' \
    -e 's/@DECOY6@/flag{WXMOWJX7V4NRHQKCB3NIKBD4}/g' \
    -e 's/@DECOY7@/flag{SSZLOC7R5SX2NAILNGTZTPH7}/g' \
    -e 's/@DECOY8@/flag{5WPW3OXBU7VRZ2C53HTFPHGH}/g' \
    -e 's/@FLAG@/flag{IGORQ5T7AH43EPUOYQRDUOJA}/g' \
    access.log

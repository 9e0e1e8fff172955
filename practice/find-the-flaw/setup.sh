#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@DECOY1@/flag{2S7GQOQZQF6OPZWLJK47MBMH}/g' \
    -e 's/@DECOY2@/flag{3C5MU35NI3XW5LVZEG6HQJPH}/g' \
    -e 's/@DECOY3@/flag{O37UOQS3WG4GTW4UTBN7VIM6}/g' \
    -e 's/@DECOY4@/flag{3H6A4GH7B25DLIKLALQIDV3Y}/g' \
    -e 's/@DECOY5@/flag{FACQGWMZA23HAIIEP56HTOMC}/g' \
    -e 's/@DECOY6@/flag{6F7K6N2LEOT4VTKLOAPSWTGX}/g' \
    -e 's/@DECOY7@/flag{P3VRRDEMKJFPUPPLWBH3S4BV}/g' \
    -e 's/@DECOY8@/flag{OMKFF2XWZRVC3T66XGYBD36B}/g' \
    -e 's/@FLAG@/flag{EXNNHAWQ6UKQGJYHOW374SGH}/g' \
    archive.py

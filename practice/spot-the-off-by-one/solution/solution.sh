#!/bin/sh
# `i > size` lets one byte be written behind the buffer: it must be `i >= size`.
grep -B 4 'if (i > size)' tide.c | head -1 > /dev/null
awk '/seal:/ { seal = $3 } /i > size/ { print seal }' tide.c

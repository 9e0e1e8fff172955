#!/bin/sh
# The memory was freed by the realloc of a later entry: `parent` points into the old list.
grep 'these move when the list grows' causes.txt | grep -o 'flag{[^}]*}'

#!/bin/sh
# The only request that leaves the folder of files and is answered with its content.
grep -E '"GET /files/[^ ]*(%2f|%2e)[^ ]* HTTP/1.1" 200' access.log | grep -o 'flag{[^}]*}'

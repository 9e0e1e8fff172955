#!/bin/sh
# The assignments alone, and the three steps by hand; what comes out is read and not run.
word=$(python3 - <<'END'
import base64, re
lines = open("startup.sh.txt").read().splitlines()
parts = {}
for line in lines:
    found = re.match(r"(v\d+)='(.*)'$", line)
    if found:
        parts[found.group(1)] = found.group(2).replace("'\\''", "'")
order = re.findall(r"\$\{(v\d+)\}", next(line for line in lines if line.startswith("s=\"${")))
text = "".join(parts[name] for name in order)[::-1]
text = "".join(chr((ord(letter) - 33 + 47) % 94 + 33) for letter in text)
print(re.search(r"pass=(\S+)", base64.b64decode(text).decode()).group(1))
END
)
python3 check.py "$word"

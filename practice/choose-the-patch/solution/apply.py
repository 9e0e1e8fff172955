"""Applies a unified diff with one hunk."""

import re
import sys

lines = open(sys.argv[1]).read().splitlines()
diff = open(sys.argv[2]).read().splitlines()
start = next(at for at, line in enumerate(diff) if line.startswith("@@"))
first = int(re.match(r"@@ -(\d+)", diff[start]).group(1)) - 1
old = [line[1:] for line in diff[start + 1:] if line[:1] in (" ", "-")]
new = [line[1:] for line in diff[start + 1:] if line[:1] in (" ", "+")]
assert lines[first:first + len(old)] == old, "the patch does not apply"
lines[first:first + len(old)] = new
open(sys.argv[1], "w").write("\n".join(lines) + "\n")

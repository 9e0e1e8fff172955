# Hands one input to the target; the trigger gives the attack's, the control a benign one.
import os
import sys

sys.path.insert(0, "/target")
import @MODULE@

with open(sys.argv[1], "rb") as file:
    data = file.read()
@PREPARE@
# FILL IN: hand `data` to the target, such as @MODULE@.parse(data).

@SHOW@

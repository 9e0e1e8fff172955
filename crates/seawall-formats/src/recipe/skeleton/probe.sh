# Hands one input to the target; the trigger gives the attack's, the control a benign one.
set -u
@PREPARE@
# FILL IN: start the target with the input, such as: /target/bin/@MODULE@ "$1"
test -e /target || exit 2

@SHOW@

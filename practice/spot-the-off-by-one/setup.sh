#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@DECOY1@/flag{MDPFYFGPX5T3LMQ2MA2QPUIJ}/g' \
    -e 's/@DECOY2@/flag{DMPHDJEV5ESPN2LPZUOMPZYC}/g' \
    -e 's/@DECOY3@/flag{LYFG5FP7BXMAN6VIFMBDT537}/g' \
    -e 's/@DECOY4@/flag{JQSTWW3UJOYK3KCHJ7LHZPEQ}/g' \
    -e 's/@DECOY5@/flag{FMFOH75S27IRTBJCRQM6O57Q}/g' \
    -e 's/@DECOY6@/flag{QI5EZQ32R6X3TGDVSJDWXTFS}/g' \
    -e 's/@DECOY7@/flag{2FRG5MDI34SNW2JROKUH6CII}/g' \
    -e 's/@DECOY8@/flag{HVGEKIJSGSZYIO2O4YK3A3SZ}/g' \
    -e 's/@FLAG@/flag{TGFEDHQVTCSUMR4GVG2TEJZB}/g' \
    tide.c

#!/bin/sh
# Written by battery.py: the public flags of this task.
set -e
sed -i \
    -e 's/@DECOY1@/flag{ATENW6BFM2J4G35AOAPQ34SJ}/g' \
    -e 's/@DECOY2@/flag{5VJEJNOWB22HUYHNF45VHVHM}/g' \
    -e 's/@DECOY3@/flag{TSY7ECKT7A2OWGZ7RKSPQSOZ}/g' \
    -e 's/@DECOY4@/flag{LXDCXZ25WSUZPCD747DGCJ6F}/g' \
    -e 's/@DECOY5@/flag{2ABL5CDQFKTOC47UMP7PKRFP}/g' \
    -e 's/@DECOY6@/flag{VIEV3LDSILBN2BTAGLIZ5WMA}/g' \
    -e 's/@DECOY7@/flag{RXCUZEUCC5AWOFNXDGGK7JXA}/g' \
    -e 's/@DECOY8@/flag{GGFZCQFM7DEFFCRIA7NXQ5W2}/g' \
    -e 's/@FLAG@/flag{HSRMBVUL3GZXU4L2GZ6WVHST}/g' \
    bom.json

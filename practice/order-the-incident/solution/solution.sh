#!/bin/sh
# The only password from outside that was accepted, and the large read on that host after it.
line=$(grep 'accepted password' auth.log | grep -v ' from 10\.')
user=$(printf %s "$line" | sed 's/.* for \([a-z]*\) from .*/\1/')
address=$(printf %s "$line" | sed 's/.* from \([0-9.]*\) port .*/\1/')
host=$(printf %s "$line" | cut -d' ' -f4)
read -r stamp table <<END
$(grep " $host select" db.log | sed 's/rows=//' | awk '$5 > 1000 { print $1, $4 }' | tail -1)
END
when=$(python3 - "$stamp" <<'END'
import datetime, sys
right = datetime.datetime.fromtimestamp(int(sys.argv[1]) - 90, datetime.timezone.utc)
print(right.strftime("%Y-%m-%dT%H:%M:%SZ"))
END
)
python3 check.py "$user $address $when $table"

#!/bin/sh
word=$(python3 - <<'END'
import base64, json, re, zlib
text = open("loader.txt").read()
blob = re.search(r'B = "(.*?)"', text, re.S).group(1).replace("\\\n", "")
data = base64.b64decode(blob)[::-1]
data = bytes(byte ^ b"tern"[at % 4] for at, byte in enumerate(data))
print(json.loads(zlib.decompress(data))["pass"])
END
)
python3 check.py "$word"

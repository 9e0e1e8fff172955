"""Says the flag to whoever names the word behind `pass=`."""

import hashlib
import sys

SEALED = "@SEALED@"


def opened(answer: str) -> str:
    """What is sealed, if this is the answer."""
    key = hashlib.pbkdf2_hmac("sha256", answer.encode(), b"seawall/practice/v1", 50_000)
    text = bytes(one ^ other for one, other in zip(bytes.fromhex(SEALED), key))
    return text.decode() if text.startswith(b"flag{") else "not yet"


print(opened(" ".join(sys.argv[1:]).strip()))

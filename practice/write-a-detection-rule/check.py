"""Tries the rule on lines of which nobody says what they are."""

import hashlib
import sys

SEALED = "@SEALED@"


def opened(answer: str) -> str:
    """What is sealed, if this is the answer."""
    key = hashlib.pbkdf2_hmac("sha256", answer.encode(), b"seawall/practice/v1", 50_000)
    text = bytes(one ^ other for one, other in zip(bytes.fromhex(SEALED), key))
    return text.decode() if text.startswith(b"flag{") else "not yet"


def told() -> str:
    """Which of the lines the rule finds."""
    import re

    rule = re.compile(open("rule.txt").read().strip())
    lines = open("seen.txt").read().splitlines()
    return "".join("1" if rule.search(line) else "0" for line in lines)


print(opened(told()))

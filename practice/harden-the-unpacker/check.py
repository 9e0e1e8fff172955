"""Tries unpack.py on many names, and says the flag when it is right about all of them."""

import hashlib
import sys

SEALED = "@SEALED@"


def opened(answer: str) -> str:
    """What is sealed, if this is the answer."""
    key = hashlib.pbkdf2_hmac("sha256", answer.encode(), b"seawall/practice/v1", 50_000)
    text = bytes(one ^ other for one, other in zip(bytes.fromhex(SEALED), key))
    return text.decode() if text.startswith(b"flag{") else "not yet"


def told() -> str:
    """Where unpack.py puts many names."""
    import random

    import unpack

    chance, said = random.Random(12), []
    pieces = ["a", "b.txt", "..", ".", "", "...", "....", "C:", "x:y", "\\", "a\\b", "..\\c", "\n", "~"]
    for _ in range(400):
        name = "/".join(chance.choice(pieces) for _ in range(chance.randint(1, 4)))
        if chance.random() < 0.15:
            name = "/" + name
        try:
            said.append(unpack.place("/out", name))
        except ValueError:
            said.append("-")
        except Exception:
            said.append("!")
    return " ".join(said)


print(opened(told()))

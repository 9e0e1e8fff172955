"""Tries records.py on many inputs, and says the flag when it is right about all of them."""

import hashlib
import sys

SEALED = "@SEALED@"


def opened(answer: str) -> str:
    """What is sealed, if this is the answer."""
    key = hashlib.pbkdf2_hmac("sha256", answer.encode(), b"seawall/practice/v1", 50_000)
    text = bytes(one ^ other for one, other in zip(bytes.fromhex(SEALED), key))
    return text.decode() if text.startswith(b"flag{") else "not yet"


def told() -> str:
    """What records.py says of many inputs."""
    import random

    import records

    chance, said = random.Random(10), []
    for _ in range(240):
        data = b""
        for _ in range(chance.randint(0, 3)):
            length = chance.choice([0, 1, 5, 1023, 1024, 1025])
            kind = chance.choice([1, 2, 3, 3, 1, 2, 0, 4])
            data += bytes([kind, length >> 8, length & 255]) + bytes(length)
        if chance.random() < 0.4 and data:
            data = data[:-chance.randint(1, min(4, len(data)))]
        try:
            said.append(str(sum(len(content) + 1 for _, content in records.read(data))))
        except ValueError:
            said.append("-")
        except Exception:
            said.append("!")
    return " ".join(said)


print(opened(told()))

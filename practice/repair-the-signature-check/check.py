"""Tries tokens.py on many tokens, and says the flag when it is right about all of them."""

import hashlib
import sys

SEALED = "@SEALED@"


def opened(answer: str) -> str:
    """What is sealed, if this is the answer."""
    key = hashlib.pbkdf2_hmac("sha256", answer.encode(), b"seawall/practice/v1", 50_000)
    text = bytes(one ^ other for one, other in zip(bytes.fromhex(SEALED), key))
    return text.decode() if text.startswith(b"flag{") else "not yet"


def told() -> str:
    """What tokens.py says of many tokens."""
    import base64
    import json
    import random

    import tokens

    chance, said = random.Random(8), []

    def made(told, signature=None, text=None):
        payload = json.dumps(told).encode() if text is None else text
        head = base64.urlsafe_b64encode(payload).decode()
        return head + "." + (tokens.sign(payload) if signature is None else signature(payload))

    kinds = [
        lambda until: made({"alg": "hs256", "until": until}),
        lambda until: made({"alg": "none", "until": until}, lambda payload: ""),
        lambda until: made({"alg": "none", "until": until}),
        lambda until: made({"alg": "hs256", "until": until}, lambda payload: ""),
        lambda until: made({"alg": "hs256", "until": until}, lambda p: tokens.sign(p)[:40]),
        lambda until: made({"alg": "hs256", "until": until}, lambda p: tokens.sign(p) + "0"),
        lambda until: made({"alg": "hs256", "until": until}, lambda p: tokens.sign(p + b" ")),
        lambda until: made({"until": until}),
        lambda until: made({"alg": "hs256"}),
        lambda until: made({"alg": "hs256", "until": str(until)}),
        lambda until: made([1, 2], text=b"[1, 2]"),
        lambda until: made({}, text=b"no JSON"),
        lambda until: "%%%%." + "0" * 64,
        lambda until: "",
    ]
    for _ in range(160):
        now = 1000
        until = chance.choice([998, 999, 1000, 1001, 1002])
        try:
            verdict = tokens.accepts(chance.choice(kinds)(until), now)
            said.append("1" if verdict is True else "0" if verdict is False else "?")
        except Exception:
            said.append("!")
    return "".join(said)


print(opened(told()))

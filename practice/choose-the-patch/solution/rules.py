"""Ends with status 0 when a reader of ranges keeps the rules."""

import sys

scope = {}
exec(open(sys.argv[1]).read(), scope)


def told(text, size):
    try:
        return scope["parse_range"](text, size)
    except ValueError:
        return None


CASES = [
    ("5-9", 20, (5, 10)), ("5-", 20, (5, 20)), ("-5", 20, (15, 20)), ("5-99", 20, (5, 20)),
    ("-99", 20, (0, 20)), ("20-", 20, None), ("25-30", 20, None), ("9-5", 20, None),
    ("-0", 20, None), ("0-0", 1, (0, 1)), ("0-", 0, None), ("19-19", 20, (19, 20)),
]
sys.exit(any(told(text, size) != expected for text, size, expected in CASES))

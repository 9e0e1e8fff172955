"""Records: a kind of one byte, a length of two bytes (the highest first), and so many bytes."""

KINDS = {1: "name", 2: "mail", 3: "note"}
LONGEST = 1024


def read(data: bytes) -> list[tuple[str, bytes]]:
    """Every record, or ValueError."""
    found, at = [], 0
    while at < len(data):
        kind = KINDS[data[at]]
        length = data[at + 1] * 256 + data[at + 2]
        found.append((kind, data[at + 3:at + 3 + length]))
        at += 3 + length
    return found

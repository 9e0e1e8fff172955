"""Records: a kind of one byte, a length of two bytes (the highest first), and so many bytes."""

KINDS = {1: "name", 2: "mail", 3: "note"}
LONGEST = 1024


def read(data: bytes) -> list[tuple[str, bytes]]:
    """Every record, or ValueError."""
    found, at = [], 0
    while at < len(data):
        if len(data) - at < 3 or data[at] not in KINDS:
            raise ValueError("no record")
        length = data[at + 1] * 256 + data[at + 2]
        if length > LONGEST or length > len(data) - at - 3:
            raise ValueError("no length")
        found.append((KINDS[data[at]], data[at + 3:at + 3 + length]))
        at += 3 + length
    return found

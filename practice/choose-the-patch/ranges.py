def parse_range(text, size):
    """Reads `first-last` of a request for a part of a file; the answer is [start, end)."""
    first, _, last = text.partition("-")
    if first == "":
        return size - int(last), size
    start = int(first)
    end = int(last) + 1 if last else size
    return start, end

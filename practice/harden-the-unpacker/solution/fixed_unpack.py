"""Where the entries of an archive go."""

import posixpath


def place(folder: str, name: str) -> str:
    """The path for an entry below the folder, or ValueError."""
    name = name.replace("\\", "/")
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or ":" in parts[0]:
        raise ValueError(name)
    if any(ord(letter) < 32 for letter in name):
        raise ValueError(name)
    kept = [part for part in parts if part not in ("", ".")]
    if not kept:
        raise ValueError(name)
    return posixpath.join(folder, *kept)

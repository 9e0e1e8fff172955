"""Where the entries of an archive go."""

import posixpath


def place(folder: str, name: str) -> str:
    """The path for an entry below the folder, or ValueError."""
    name = name.replace("../", "")
    return posixpath.join(folder, name)

"""References within a document (RFC 6901)."""


def resolved(document, part):
    """What a part stands for: itself, or what it refers to."""
    while "$ref" in part:
        found = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name.replace("~1", "/").replace("~0", "~")]
        part = found
    return part

"""What a server says, made fit for a message: hostile until it went through here."""

from clinft.adapters.training.openai_api.words import without

LONGEST = 400


def plain(text: str, secret: str | None = None, longest: int = LONGEST) -> str:
    """One line of printable characters, without the server's own secret, cut where it goes on."""
    shown = without(text[: longest * 20], [secret] if secret else [])
    shown = " ".join("".join(c if c.isprintable() else " " for c in shown).split())
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"

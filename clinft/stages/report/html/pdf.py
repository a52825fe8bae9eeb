"""A page as PDF, with WeasyPrint where its libraries are there; nothing is fetched while it is made."""

import logging
import warnings
from typing import Any

from clinft.errors import MissingExtra, SpecError


def available() -> bool:
    try:
        _weasyprint()
    except (MissingExtra, SpecError):
        return False
    return True


def pdf(page: str) -> bytes:
    """Tagged for screen readers (PDF/UA-1). Under SOURCE_DATE_EPOCH the same page gives the same bytes."""
    weasyprint, fetcher = _weasyprint()
    # It warns of every rule of style that paper has no use for.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    document = weasyprint.HTML(string=page, url_fetcher=fetcher)
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def _weasyprint() -> tuple[Any, Any]:
    try:
        with warnings.catch_warnings():
            # That it will one day need HarfBuzz-Subset, which only makes files smaller.
            warnings.simplefilter("ignore", DeprecationWarning)
            import weasyprint
            from weasyprint.urls import URLFetcher
    except ModuleNotFoundError:
        raise MissingExtra("pdf", "PDF") from None
    except OSError:
        raise SpecError(
            "PDF cannot be made on this machine.",
            "WeasyPrint is installed, but Pango, which sets its text, is not.",
            "Install it (Debian, Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
            "libharfbuzz-subset0; macOS: brew install pango), or print the HTML page from a browser.",
        ) from None
    return weasyprint, URLFetcher(allowed_protocols={"data"}, allow_redirects=False)

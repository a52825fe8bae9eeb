"""Vega's JavaScript, once for all pages: it comes out of a wheel, nothing is fetched."""

from clinft.errors import MissingExtra

# Nobody debounces here; what is not named is left out of the bundle.
SNIPPET = "window.vegaEmbed = vegaEmbed;"
EXTRA = "pages"


def bundle() -> str:
    try:
        import vl_convert
    except ImportError:
        raise MissingExtra(EXTRA, "Drawing the dashboard's charts") from None
    made = str(vl_convert.javascript_bundle(SNIPPET))
    return f"/*! Vega, Vega-Lite and Vega-Embed; licences: vega-LICENSE.txt */\n{made}"

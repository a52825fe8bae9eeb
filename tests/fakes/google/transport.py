"""An adapter of `requests`: https://HOST/PATH goes to http://127.0.0.1:PORT/HOST/PATH."""

from typing import Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter


class ToLoopback(HTTPAdapter):
    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        url = urlsplit(request.url)
        assert url.scheme == "https"
        assert url.port is None
        request.url = f"{self._base}/{url.netloc}{url.path}{f'?{url.query}' if url.query else ''}"
        return super().send(request, *args, **{**kwargs, "proxies": {}})

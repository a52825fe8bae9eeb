"""Make the job's own Python. Its packages are those of the Python that runs this, but `pip install` never touches them.

With STANDIN_PIP=none `pip install` does nothing at all.
"""

import os
import platform
import sysconfig
import tempfile
import venv
from pathlib import Path


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="python-", dir=os.environ["RUNNER_TEMP"]))
    venv.create(folder, symlinks=True)
    inside = next(folder.glob("lib/python*/site-packages"))
    # addsitedir, unlike a plain path, also reads the .pth files there, so an editable clinft is found
    # as long as the job installs none of its own.
    (inside / "outer.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    for name in ("pip", "pip3"):
        script = folder / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{folder}/bin/python" -m pip "$@"\n')
        script.chmod(0o755)
    if os.environ.get("STANDIN_PIP") == "none":
        (inside / "pip").mkdir()
        (inside / "pip" / "__main__.py").write_text("")
    with Path(os.environ["GITHUB_PATH"]).open("a") as file:
        file.write(f"{folder}/bin\n")
    with Path(os.environ["GITHUB_OUTPUT"]).open("a") as file:
        file.write(f"version={platform.python_version()}\npath={folder}/bin/python\n")


main()

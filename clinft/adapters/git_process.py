"""How clinft starts git: no shell, nothing of the repository is run, and no token on a command line."""

import base64
import subprocess
from collections.abc import Mapping
from pathlib import Path

# Neither the user's settings nor a repository's may run something: no hooks, pagers, filters, prompts.
QUIET = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",  # a commit is what its name says, whatever refs/replace holds
    "LC_ALL": "C.UTF-8",
}
KEPT = ("PATH", "HOME", "SSL_CERT_FILE", "GIT_CONFIG_GLOBAL", "HTTPS_PROXY", "https_proxy", "NO_PROXY")
SETTINGS = ("core.quotePath=false", "core.hooksPath=/dev/null", "core.fsmonitor=false")


def quiet(environment: Mapping[str, str]) -> dict[str, str]:
    """Only what git needs of the caller's environment is passed on."""
    return {name: environment[name] for name in KEPT if name in environment} | QUIET


def token_header(remote: str, token: str) -> dict[str, str]:
    """Git's own way to take a setting from the environment; the token shows in no process list."""
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    key = f"http.{'/'.join(remote.split('/')[:3])}/.extraheader"
    return {
        "GIT_CONFIG_COUNT": "2",
        # Empty: without what a checkout may have left in the clone; GitHub refuses two headers.
        "GIT_CONFIG_KEY_0": key,
        "GIT_CONFIG_VALUE_0": "",
        "GIT_CONFIG_KEY_1": key,
        "GIT_CONFIG_VALUE_1": f"AUTHORIZATION: basic {secret}",
    }


def call(
    folder: Path,
    environment: Mapping[str, str],
    *arguments: str,
    seconds: int,
    stdin: bytes = b"",
    literal: bool = True,
) -> subprocess.CompletedProcess[bytes]:
    """Raises OSError where git does not start, TimeoutExpired where it does not end.

    `literal`: pathspecs are names; a file may be called `:(exclude)` or `*`.
    """
    settings = [part for setting in SETTINGS for part in ("-c", setting)]
    flags = ("--literal-pathspecs",) if literal else ()
    command = ["git", *flags, *settings, "-C", str(folder), *arguments]
    return subprocess.run(  # noqa: S603  # a list, no shell; revisions are behind --end-of-options
        command,
        input=stdin,
        capture_output=True,
        check=False,
        timeout=seconds,
        env=environment,
    )

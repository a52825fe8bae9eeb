"""docker/runner/Dockerfile: no root, no telemetry, nothing fetched unchecked, nothing of a project in it.

Read as text: these tests build no image, and Docker is not needed for them.
"""

import re
import shutil
import subprocess
import sys
from typing import NamedTuple

import pytest

from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / "docker" / "runner"
GUIDE = (REPOSITORY / "docs" / "runner.md").read_text()


class Instruction(NamedTuple):
    word: str
    text: str


def instructions(text: str) -> list[Instruction]:
    """Comments away, continued lines joined with one space."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    return [Instruction(*line.strip().split(" ", 1)) for line in joined.splitlines() if line.strip()]


FILE = instructions((FOLDER / "Dockerfile").read_text())


def all_of(word: str) -> list[str]:
    return [one.text for one in FILE if one.word == word]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for text in all_of("ENV") for pair in text.split())


def run_with(word: str) -> str:
    (found,) = [text for text in all_of("RUN") if word in text]
    return found


def test_the_parser_reads_what_docker_would() -> None:
    text = "# syntax=x\nFROM a\nRUN one \\\n  && two\n# c\nENV A=1 \\\n    B=2\n"
    assert instructions(text) == [("FROM", "a"), ("RUN", "one && two"), ("ENV", "A=1 B=2")]


def test_the_base_is_one_release_and_can_be_pinned_to_a_digest() -> None:
    assert all_of("FROM") == ["${BASE}"]
    base = next(text for text in all_of("ARG") if text.startswith("BASE="))
    assert re.fullmatch(r"BASE=python:3\.11\.[0-9]+-slim-bookworm(@sha256:[0-9a-f]{64})?", base)


def test_it_ends_as_a_user_without_rights() -> None:
    words = [one.word for one in FILE]
    last = len(words) - 1 - words[::-1].index("USER")
    assert re.fullmatch(
        r"([1-9][0-9]{3,}):\1", FILE[last].text
    )  # by number: Kubernetes can tell that it is no root
    assert words[last + 1 :] == ["WORKDIR", "ENTRYPOINT"]
    made = run_with("useradd")
    assert "/usr/sbin/nologin" in made
    assert not re.search(r"\b(sudo|docker|wheel|chpasswd)\b", " ".join(all_of("RUN")))


def test_nobody_is_told_anything() -> None:
    said = environment()
    assert {
        name: said[name] for name in ("HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK", "DISABLE_TELEMETRY")
    } == {
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "DISABLE_TELEMETRY": "1",
    }
    assert said["RAY_USAGE_STATS_ENABLED"] == "0"
    assert said["WANDB_MODE"] == "disabled"


def test_nothing_is_fetched_while_a_job_runs() -> None:
    said = environment()
    assert [said[name] for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "PIP_NO_INDEX")] == ["1"] * 3


def test_the_hub_library_obeys_this_environment() -> None:
    """The installed version itself says so, in a process of its own."""
    code = "from huggingface_hub import constants as c; print(c.HF_HUB_DISABLE_TELEMETRY, c.HF_HUB_OFFLINE)"
    answers = [
        subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        ).stdout.split()
        for env in (environment(), {})
    ]
    assert answers == [["True", "True"], ["False", "False"]]


def test_what_is_downloaded_is_checked_before_it_is_used() -> None:
    assert all_of("ADD") == []
    fetching = [text for text in all_of("RUN") if re.search(r"\b(curl|wget)\b (?!git)", text)]
    (runner,) = fetching
    order = [runner.index(word) for word in ("curl ", "sha256sum --check --strict", "tar --extract")]
    assert order == sorted(order)
    # Neither has a default, and an empty one ends the build.
    assert {"RUNNER_VERSION", "RUNNER_SHA256", "REPOSITORY"} <= set(all_of("ARG"))
    for name in ("RUNNER_VERSION", "RUNNER_SHA256", "REPOSITORY"):
        assert f"${{{name}:?}}" in " ".join(all_of("RUN"))
    hosts = re.findall(r"https?://([^/\s\"]+)", (FOLDER / "Dockerfile").read_text())
    assert set(hosts) == {"github.com"}


def test_packages_are_those_of_the_guide() -> None:
    wanted = [
        line.strip().split("   #")[0] for line in GUIDE.splitlines() if line.strip().startswith("pip install")
    ]
    assert len(wanted) == 3
    text = (
        run_with("python -m venv")
        .replace("--no-cache-dir ", "")
        .replace("--no-deps --require-hashes", "--require-hashes")
    )
    wanted = [line.replace("--no-deps --require-hashes", "--require-hashes") for line in wanted]
    assert [f"/opt/clinft/venv/bin/{line}" in text for line in wanted] == [True] * 3
    assert not re.search(r"trusted-host|find-links|--pre\b|extra-index", text)


def test_the_guard_is_set_up_as_in_the_guide_and_checks_the_image() -> None:
    text = run_with("guard.conf")
    for line in re.findall(r"^echo '([A-Z_]+=[^']*)' >> \.env$", GUIDE, re.MULTILINE):
        assert f"echo '{line}' >" in text
    assert text.rstrip().endswith("/etc/clinft/guard.sh --check /opt/actions-runner")
    for line in ("chmod 644 .env", "chown root:runner .", "chmod 1775 ."):
        assert line in text
    assert ".github/runner/guard.sh /etc/clinft/guard.sh" in all_of("COPY")


def test_no_secret_and_no_data_get_into_it() -> None:
    named = " ".join([*all_of("ARG"), *all_of("ENV"), *all_of("LABEL")])
    assert not re.search(r"TOKEN|SECRET|PASSWORD|JITCONFIG|API_KEY|CLINFT_KEYS", named)
    copied = {source for text in all_of("COPY") for source in text.split()[:-1]}
    lines = [
        line for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] != "#"
    ]
    assert lines[0] == "*"
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == copied
    assert not any(part in copied for part in (".", "projects", ".git", "data"))
    assert all((REPOSITORY / source).exists() for source in copied)


def test_weights_lie_in_a_volume_that_somebody_names() -> None:
    assert all_of("VOLUME") == []
    assert "-m 700 -o runner -g runner /srv/clinft" in run_with("install -d -m 700")
    assert all_of("EXPOSE") == []


@pytest.mark.parametrize("text", all_of("RUN"), ids=lambda text: text.split()[0])
def test_each_step_is_bash(text: str) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run([bash, "-n"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_guide_says_how_it_is_built_and_that_nobody_has_yet() -> None:
    assert "docker/runner/Dockerfile" in GUIDE
    for name in ("REPOSITORY", "RUNNER_VERSION", "RUNNER_SHA256"):
        assert f"--build-arg {name}=" in GUIDE


def test_the_guide_names_each_switch_of_the_image() -> None:
    assert [
        name for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK") if name not in GUIDE
    ] == []

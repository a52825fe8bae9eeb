"""docker/: files that start clinft on several cards, on clusters and in clouds, read by whom they are for.

The two for clouds were also held against the schemas of skypilot 0.14.1 and dstack 0.22.5, once, by hand.
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from tests.conftest import REPOSITORY
from tests.test_runner_image import environment

FOLDER = REPOSITORY / "docker"
INSTALLING = ("runner/Dockerfile", "apptainer/train.def", "cloud/skypilot.yaml", "cloud/dstack.yaml")
CONFIGURATIONS = {
    "1-gpu": ("NO", 1, 1),
    "2-gpus": ("MULTI_GPU", 1, 2),
    "8-gpus": ("MULTI_GPU", 1, 8),
    "8-gpus-in-shards": ("FSDP", 1, 8),
    "2-nodes-of-8-gpus": ("MULTI_GPU", 2, 16),
}


def test_every_configuration_of_accelerate_is_known_here() -> None:
    assert {path.stem for path in (FOLDER / "accelerate").iterdir()} == CONFIGURATIONS.keys()


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_accelerate_reads_its_configuration(name: str) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    found = load_config_from_file(str(FOLDER / "accelerate" / f"{name}.yaml"))
    assert (found.distributed_type.value, found.num_machines, found.num_processes) == CONFIGURATIONS[name]
    assert found.mixed_precision == "no"
    assert bool(found.fsdp_config) is (found.distributed_type.value == "FSDP")


def test_apptainer_is_as_silent_as_the_runners_image() -> None:
    text = (FOLDER / "apptainer" / "train.def").read_text()
    (section,) = re.findall(r"^%environment\n((?:    .*\n)+)", text, re.MULTILINE)
    told = dict(pair.split("=", 1) for pair in section.replace("export ", "").split())
    # Where the hub's models lie is the volume of the runner.
    assert environment().items() - {("HF_HOME", "/srv/clinft/huggingface")} <= told.items()
    assert text.count("--require-hashes") == 2
    assert "From: python:3.11.14-slim-bookworm" in text


def test_everywhere_the_packages_of_the_runners_image_are_installed() -> None:
    """projects/example-gpu-discharge trains with qlora, and is what the files for clouds train."""
    installing = re.compile(r"pip (?:install|download) .*'\.\[([a-z,]+)\]'")
    files = ("docs/runner.md", *(f"docker/{name}" for name in INSTALLING))
    found = {name: installing.findall((REPOSITORY / name).read_text()) for name in files}
    assert found == {name: ["train,qlora"] * (3 if name == "docs/runner.md" else 1) for name in files}


# Clouds


@pytest.mark.parametrize("name", ["skypilot", "dstack"])
def test_machines_of_clouds_train_a_project_that_exists_and_tell_nobody(name: str) -> None:
    found = yaml.safe_load((FOLDER / "cloud" / f"{name}.yaml").read_text())
    given = found.get("envs") or dict(pair.split("=", 1) for pair in found["env"])
    assert (REPOSITORY / given["PROJECT"] / "project.yaml").exists()
    assert (given["HF_HUB_DISABLE_TELEMETRY"], given["DO_NOT_TRACK"]) == ("1", "1")
    last = found["run"].splitlines()[-1].removeprefix("exec ") if "run" in found else found["commands"][-1]
    assert last == 'bash docker/cloud/train.sh "$PROJECT" /srv/clinft'
    # What outlives the machine is mounted there, and a refusal is not paid for twice.
    kept = [one["path"] for one in found["volumes"]] if "volumes" in found else [*found["file_mounts"]]
    assert kept == ["/srv/clinft"]
    assert "max_restarts_on_errors" not in str(found)
    assert found.get("retry", {}).get("on_events", []) in ([], ["no-capacity", "interruption"])


CLOUD = FOLDER / "cloud" / "train.sh"
# `HOW`: the exit codes of its calls, one after the other; `waits` ends at TERM with 75.
CLINFT = """echo "$* offline=${HF_HUB_OFFLINE:-}" >> "$LOG"
[[ $* == *--until* ]] || echo x >> "$RUNS/checkpoint"
how=$(sed -n "$(wc -l < "$LOG")p" <<< "$HOW")
[ "$how" = waits ] || exit "$how"
trap 'exit 75' TERM
echo up >> "$LOG.up"
for _ in $(seq 400); do sleep 0.05; done"""


@pytest.fixture
def cloud(tmp_path: Path) -> dict[str, str]:
    """A clone with a run that was committed, and programs in place of clinft and sleep."""
    (tmp_path / "bin").mkdir()
    for name, text in {"clinft": CLINFT, "sleep": '[ "$1" = 60 ] || exec /bin/sleep "$@"'}.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/bash\n{text}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    committed = tmp_path / "clone" / "projects" / "x" / "runs" / "0123456789ab-a1"
    committed.mkdir(parents=True)
    (committed / "record.json").write_text("{}")
    (tmp_path / "clone" / ".git").mkdir()
    outside = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    return {
        **outside,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "LOG": str(tmp_path / "log"),
        "RUNS": "projects/x/runs",
    }


def in_the_cloud(environment: dict[str, str], *how: int | str) -> "subprocess.Popen[bytes]":
    here = Path(environment["LOG"]).parent
    call = ["bash", CLOUD, "projects/x/", here / "kept"]
    return subprocess.Popen(call, cwd=here / "clone", env={**environment, "HOW": "\n".join(map(str, how))})


def called(environment: dict[str, str]) -> list[str]:
    return Path(environment["LOG"]).read_text().splitlines()


AGREED, TRAINED = "run projects/x --until gate --yes offline=", "run projects/x --from train offline=1"


def test_a_machine_of_a_cloud_fetches_first_then_trains_offline_and_keeps_runs(cloud: dict[str, str]) -> None:
    assert in_the_cloud(cloud, 0, 0).wait(60) == 0
    assert called(cloud) == [AGREED, TRAINED]
    kept = Path(cloud["LOG"]).parent / "kept" / "projects" / "x" / "runs"
    assert {path.name for path in kept.iterdir()} == {"0123456789ab-a1", "checkpoint"}
    # Another machine, with a fresh clone, finds what the first one left, and leaves it.
    clone = Path(cloud["LOG"]).parent / "clone" / "projects" / "x" / "runs"
    clone.unlink()
    (clone / "0123456789ab-a1").mkdir(parents=True)
    assert in_the_cloud(cloud, 0, 0, 0, 0).wait(60) == 0
    assert (kept / "checkpoint").read_text() == "x\nx\n"
    assert (kept / "0123456789ab-a1" / "record.json").read_text() == "{}"


@pytest.mark.parametrize(("how", "code", "calls"), [((1,), 1, 1), ((0, 3), 3, 2), ((0, 75, 75, 0), 0, 4)])
def test_only_call_again_is_called_again_there(
    cloud: dict[str, str], how: tuple[int, ...], code: int, calls: int
) -> None:
    assert in_the_cloud(cloud, *how).wait(60) == code
    assert called(cloud) == [AGREED, *[TRAINED] * (calls - 1)]


def test_a_notice_to_the_script_reaches_clinft(cloud: dict[str, str]) -> None:
    job = in_the_cloud(cloud, 0, "waits", 0)
    up, deadline = Path(f"{cloud['LOG']}.up"), time.monotonic() + 60
    while not up.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    job.send_signal(signal.SIGTERM)
    assert job.wait(60) == 75
    assert called(cloud) == [AGREED, TRAINED]


def test_a_notice_between_two_calls_is_not_forgotten(cloud: dict[str, str]) -> None:
    napping = Path(cloud["LOG"]).parent / "bin" / "sleep"
    napping.write_text(f'#!/bin/bash\n[ "$1" = 60 ] && : > "{cloud["LOG"]}.naps"\nexec /bin/sleep "$@"\n')
    job = in_the_cloud(cloud, 0, 75, 0)
    naps, deadline = Path(f"{cloud['LOG']}.naps"), time.monotonic() + 60
    while not naps.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    job.send_signal(signal.SIGTERM)
    assert job.wait(30) == 75
    assert called(cloud) == [AGREED, TRAINED]


def test_runs_name_the_commit_that_they_are_made_from(
    cloud: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    (Path(cloud["LOG"]).parent / "clone" / ".git").rmdir()
    assert in_the_cloud(cloud).wait(60) == 2
    assert "There is no .git here." in capfd.readouterr().err
    assert not Path(cloud["LOG"]).exists()


# Slurm, with programs in place of its own

SCRIPT = FOLDER / "slurm" / "train.sbatch"
PROGRAMS = {
    # Two tasks, and the worst of their exit codes.
    "srun": """while [[ $1 == --* ]]; do shift; done
trap 'kill -TERM $first $second $(pgrep -P $first) $(pgrep -P $second)' USR1
SLURM_PROCID=0 SLURM_LOCALID=0 "$@" & first=$!
SLURM_PROCID=1 SLURM_LOCALID=1 "$@" & second=$!
echo $$ > "$CLINFT_CACHE/srun"
worst=0
for task in $first $second; do
  wait $task; code=$?
  while kill -0 $task 2> /dev/null; do wait $task; code=$?; done
  [ $code -gt $worst ] && worst=$code
done
exit $worst""",
    # The signal for all processes of a step, the shells and what they started.
    "scancel": 'echo "scancel $*" >> "$CLINFT_CACHE/log"; kill -USR1 "$(cat "$CLINFT_CACHE/srun")"',
    "scontrol": '[ "$1" = show ] && echo node-7 || echo "scontrol $*" >> "$CLINFT_CACHE/log"',
    "clinft": """echo "$RANK/$WORLD_SIZE $MASTER_ADDR:$MASTER_PORT $*" >> "$CLINFT_CACHE/log"
[ "$HOW" = fails ] && exit $((RANK == 0 ? 3 : 0))
[ "$HOW" = ends ] && exit 0
trap 'exit $((RANK == 0 ? 75 : 0))' TERM
echo up >> "$CLINFT_CACHE/up"
for _ in $(seq 400); do sleep 0.05; done""",
    # As `python -m clinft`.
    "python": 'shift 2; exec "$(dirname "$0")/clinft" "$@"',
}


@pytest.fixture
def slurm(tmp_path: Path) -> dict[str, str]:
    programs = tmp_path / "venv" / "bin"
    programs.mkdir(parents=True)
    for name, text in PROGRAMS.items():
        (programs / name).write_text(f"#!/bin/bash\n{text}\n")
        (programs / name).chmod(0o755)
    (tmp_path / "cache").mkdir()
    return {
        **os.environ,
        "CLINFT_CACHE": str(tmp_path / "cache"),
        "CLINFT_VENV": str(tmp_path / "venv"),
        "SLURM_JOB_ID": "4711",
        "SLURM_JOB_NODELIST": "node-[7-8]",
        "SLURM_NTASKS": "2",
    }


def log(environment: dict[str, str]) -> set[str]:
    return set((Path(environment["CLINFT_CACHE"]) / "log").read_text().splitlines())


TASKS = {f"{rank}/2 node-7:24711 train projects/x" for rank in (0, 1)}


@pytest.mark.parametrize(("how", "code"), [("ends", 0), ("fails", 3)])
def test_a_slurm_job_ends_as_clinft_does(slurm: dict[str, str], how: str, code: int) -> None:
    done = subprocess.run(["bash", SCRIPT, "projects/x"], env={**slurm, "HOW": how}, check=False)
    assert done.returncode == code
    assert log(slurm) == TASKS


def test_a_slurm_job_may_run_in_the_image_of_apptainer(slurm: dict[str, str], tmp_path: Path) -> None:
    program = Path(slurm["CLINFT_VENV"]) / "bin" / "apptainer"
    program.write_text(
        "#!/bin/bash\n"
        'echo "apptainer $* ${PYTHONPATH-none}" >> "$CLINFT_CACHE/log"\n'
        'while [ "$1" != -m ]; do shift; done; shift; exec "$@"\n'
    )
    program.chmod(0o755)
    inside = {name: value for name, value in slurm.items() if name != "CLINFT_VENV"}
    inside |= {"PATH": f"{program.parent}{os.pathsep}{slurm['PATH']}", "CLINFT_SIF": "/images/clinft.sif"}
    inside |= {"HOW": "ends", "HF_HOME": "/shared/hf", "PYTHONPATH": "/module/python3.9"}
    done = subprocess.run(["bash", SCRIPT, "projects/x"], env=inside, cwd=tmp_path, check=False)
    assert done.returncode == 0
    bound = f"--bind {tmp_path},{inside['CLINFT_CACHE']},/shared/hf --pwd {tmp_path}"
    call = f"apptainer exec --nv {bound} /images/clinft.sif python -m clinft train projects/x none"
    assert log(inside) == TASKS | {call}


def test_a_slurm_job_needs_an_installation_or_an_image(slurm: dict[str, str]) -> None:
    bare = {name: value for name, value in slurm.items() if name != "CLINFT_VENV"}
    done = subprocess.run(["bash", SCRIPT, "projects/x"], env=bare, capture_output=True, check=False)
    assert done.returncode != 0
    assert b"or CLINFT_SIF" in done.stderr


def test_a_slurm_job_whose_time_is_up_goes_back_into_the_queue(slurm: dict[str, str]) -> None:
    job = subprocess.Popen(["bash", SCRIPT, "projects/x"], env={**slurm, "HOW": "waits"})
    up, deadline = Path(slurm["CLINFT_CACHE"]) / "up", time.monotonic() + 60
    while not up.exists() or up.read_text().count("up") < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    job.send_signal(signal.SIGTERM)
    assert job.wait(60) == 75
    assert log(slurm) == TASKS | {"scancel --signal=TERM 4711.0", "scontrol requeue 4711"}
    assert not list(Path(slurm["CLINFT_CACHE"]).glob("*.again"))


def test_the_scripts_are_clean() -> None:
    subprocess.run(["shellcheck", SCRIPT, CLOUD], check=True, env={**os.environ, "PATH": _path()})


def _path() -> str:
    import sys

    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

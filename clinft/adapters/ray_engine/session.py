"""A connection to Ray: to the cluster at an address, or to one of our own that lives as long as the call."""

import logging
import os
import platform
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from clinft.errors import MissingExtra, ServiceError
from clinft.run_folder import scratch

# The folder of a Ray of our own: its logs, its sockets, and what its object store has no room for.
PREFIX = "clinft-ray-"
# A socket's path may have 107 bytes (macOS: 103). Below the temporary folder Ray 2.60 makes one of 96
# (82 and twice the process's number: up to 7 digits; macOS: 5): plasma_store, which test_ray.py measures.
LONGEST_FOLDER = 107 - 96
# Answers are small. Ray refuses less than 75 MiB.
STORE_MIB, STORE_MIB_PER_WORKER = 96, 32
# On a busy machine the first comes too late; the next ones find its files in memory.
TRIES = 3
CONNECT_SECONDS = 20.0


@contextmanager
def connected(address: str | None, workers: int | None) -> Iterator[tuple[Any, int]]:
    """The module `ray`, connected, and how many workers to start. `workers`: None for every processor."""
    ray = _module()
    if ray.is_initialized():  # by whoever called: theirs to end
        yield ray, _count(ray, workers)
        return
    with _connection(ray, address, workers or _processors()):
        yield ray, _count(ray, workers)


@contextmanager
def _connection(ray: Any, address: str | None, workers: int) -> Iterator[None]:
    """`workers`: how many a Ray of our own has room for."""
    with _own_folder() if address is None else nullcontext() as folder:
        if address is not None:
            _at(ray, address)
        elif folder is not None:
            _of_our_own(ray, folder, workers)
        try:
            yield
        finally:
            ray.shutdown()


def _module() -> Any:
    try:
        import ray
        from ray._private import worker
    except ImportError:
        raise MissingExtra("ray", "--engine ray") from None
    # Ray tells of lost workers on standard output, where --json promises one object; no option stops it.
    worker.print_to_stdstream = lambda *what, **how: None
    return ray


def _of_our_own(ray: Any, folder: Path, workers: int) -> None:
    for _ in range(TRIES):
        try:
            ray.init(
                address="local",
                num_cpus=workers,
                num_gpus=0,
                include_dashboard=False,
                object_store_memory=(STORE_MIB + workers * STORE_MIB_PER_WORKER) << 20,
                _temp_dir=str(folder),
                _node_ip_address="127.0.0.1",
                log_to_driver=False,
                logging_level=logging.CRITICAL,
            )
        except Exception:  # Ray raises just that where a process of its own does not come up
            ray.shutdown()
        else:
            return
    raise ServiceError(
        "Ray did not start on this machine.",
        "It starts eight processes, which need some 2 GiB of memory, and gives them half a minute.",
        "Call again when the machine is less busy, or without --engine ray: one machine needs no Ray.",
    )


def _at(ray: Any, address: str) -> None:
    try:
        _refuse_silence(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.CRITICAL)
    except Exception:  # wrong address, version, token: each its own class, and text of another machine
        raise ServiceError(
            "The Ray cluster that RAY_ADDRESS names does not let this process in.",
            "It does not run, the address is another, it wants a token, or its versions differ from "
            f"these: Ray {ray.__version__}, Python {platform.python_version()}.",
            "Try `ray status` with the same RAY_ADDRESS; without RAY_ADDRESS, Ray runs on this machine.",
        ) from None


def _refuse_silence(address: str) -> None:
    """OSError where nothing listens: Ray itself would ask again for minutes. `auto` is for Ray to find."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()


def _count(ray: Any, workers: int | None) -> int:
    processors = int(ray.cluster_resources().get("CPU", 0))
    if processors < 1:
        raise ServiceError(
            "The Ray cluster has no processor for workers.",
            "Its machines were started with --num-cpus=0, or none has joined yet.",
            "Look at `ray status` on it.",
        )
    return min(workers or processors, processors)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _own_folder() -> Iterator[Path]:
    """Nobody else may look into it. It goes with the call; that of a call that was killed, with the next."""
    base = tempfile.gettempdir()
    if len(os.fsencode(base)) > LONGEST_FOLDER:
        base = "/tmp"  # noqa: S108  # mkdtemp sees to it
    with scratch(Path(base), PREFIX) as folder:
        # Ray opens the folder that it is given to everybody.
        yield folder / "ray"

"""Local weights that vLLM answers for: one server for a base model and its adapters, or for full weights."""

import gc
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from clinft.adapters.model import device, tuned
from clinft.adapters.model.chat import Chat
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.model.vllm.client import Client
from clinft.adapters.model.vllm.command import BASE, FIXED, RANK_BOUNDS, Served, command
from clinft.adapters.model.vllm.language_model import ServedLanguageModel
from clinft.adapters.model.vllm.server import Patience, started
from clinft.artifacts.results import AnsweringEngine
from clinft.errors import MissingExtra, ServiceError, SpecError
from clinft.ports.models import LanguageModel, Weights
from clinft.ports.progress import Progress

VARIABLE = "CLINFT_VLLM"
# What earlier ones lack: the probability of tokens by their ids.
OLDEST = (0, 33)
VERSION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})[0-9A-Za-z.+_-]{0,60}")
VERSION_SECONDS = 180.0
LOCAL = frozenset({"builtin", "folder", "hub"})


@dataclass
class Shared:
    """Weights that one server serves. `names`: of adapter folders; the weights themselves are BASE."""

    weights: Path
    names: dict[Path, str] = field(default_factory=dict)
    rank: int = 1


class VllmEngine:
    """`environment`: of its processes, without secrets; what `command.FIXED` says stands above it."""

    def __init__(
        self,
        program: Path,
        environment: Mapping[str, str],
        models: LocalModelStore,
        progress: Progress,
        patience: Patience | None = None,
    ) -> None:
        self._program, self._models, self._progress = program, models, progress
        self._environment = {**environment, **FIXED}
        self._patience = patience or Patience()

    def identity(self) -> AnsweringEngine:
        return self._identity

    @cached_property
    def _identity(self) -> AnsweringEngine:
        try:
            done = subprocess.run(  # noqa: S603  # the program that the operator of this machine has named
                [str(self._program), "--version"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=VERSION_SECONDS,
                check=False,
            )
        except OSError:
            raise SpecError(
                f"{VARIABLE} names no program that can be run here: {self._program}.",
                "vLLM is not installed there, or the file may not be executed by this user.",
                f"Install it as docs/runner.md says, correct {VARIABLE}, or take it out of the environment.",
            ) from None
        except subprocess.TimeoutExpired:
            done = None
        words = done.stdout.split() if done is not None and done.returncode == 0 else []
        found = VERSION.fullmatch(words[-1]) if words else None
        if found is None:
            raise ServiceError(
                f"The program that {VARIABLE} names does not say its version.",
                "It is another program than vLLM, or its environment is broken.",
                f"Run `{self._program} --version` and correct what it says.",
            )
        if (int(found[1]), int(found[2])) < OLDEST:
            raise SpecError(
                f"vLLM {found[1]}.{found[2]} is older than clinft can ask.",
                "It does not tell the probability of the tokens that labels are made of.",
                f"Install vLLM {OLDEST[0]}.{OLDEST[1]} or later in its own environment.",
            )
        return AnsweringEngine(name="vllm", version=found[0])

    def refuses(self, asked: Sequence[Weights]) -> str | None:
        if any(one.base.kind not in LOCAL for one in asked):
            return "no weights lie on this machine"
        if any(one.method == "dora" or _config(one.folder).get("use_dora") for one in asked):
            return "vLLM does not serve adapters trained by DoRA"
        if any(_rank(one.folder) > RANK_BOUNDS[-1] for one in asked):
            return f"vLLM serves no adapters above rank {RANK_BOUNDS[-1]}"
        try:
            place = device.choose()
        except ImportError:
            raise MissingExtra("train", "A model on this machine") from None
        if place.name == "cuda" and place.dtype != "bfloat16":
            return "the card does not compute in bfloat16"
        return None

    @contextmanager
    def serving(self, asked: Sequence[Weights], log: Path) -> Iterator[Callable[[Weights], LanguageModel]]:
        shared = self._shared(asked)
        with ExitStack() as running:
            at_work: tuple[Shared, Client] | None = None

            def opened(one: Weights) -> LanguageModel:
                nonlocal at_work
                wanted = shared[self._key(one)]
                if at_work is None or at_work[0] is not wanted:
                    # Two do not fit onto most cards.
                    at_work = None
                    running.close()
                    client = running.enter_context(self._started(wanted, one, log))
                    at_work = (wanted, client)
                client = at_work[1]
                name = BASE if one.folder in (None, wanted.weights) else wanted.names[one.folder]
                return ServedLanguageModel(client, name, client.longest(BASE), self._chat(one))

            yield opened

    def _key(self, one: Weights) -> tuple[str, Path | None]:
        full = one.folder is not None and tuned.is_full(one.folder)
        return one.base.digest, one.folder if full else None

    def _shared(self, asked: Sequence[Weights]) -> dict[tuple[str, Path | None], Shared]:
        found: dict[tuple[str, Path | None], Shared] = {}
        for one in asked:
            key = self._key(one)
            into = found.setdefault(key, Shared(key[1] or self._models.folder(one.base)))
            if one.folder is None:
                continue
            tuned.check_base(one.folder, one.base)
            if key[1] is None and one.folder not in into.names:
                into.names[one.folder] = f"adapter-{len(into.names) + 1}"
                into.rank = max(into.rank, _rank(one.folder))
        return found

    @contextmanager
    def _started(self, wanted: Shared, one: Weights, log: Path) -> Iterator[Client]:
        served = Served(
            weights=wanted.weights,
            tokenizer=self._models.folder(one.base),
            dtype=device.choose().dtype,
            adapters={name: folder for folder, name in wanted.names.items()},
            rank=wanted.rank,
        )
        _let_go_of_the_card()
        self._progress.note(f"vLLM {self._identity.version} is starting; its log is {log}.")
        with started(
            lambda socket: command(self._program, served, socket),
            self._environment,
            log,
            self._progress,
            self._patience,
        ) as client:
            said = client.version()
            # What stands after a + tells for which cards it was built.
            if said.split("+")[0] != self._identity.version.split("+")[0]:
                raise ServiceError(
                    "The server that was started is of another version than its program.",
                    f"{VARIABLE} names a script, or vLLM was installed anew in between.",
                    "Call again; where it stays so, name vLLM's own program.",
                )
            self._tell_length(client.longest(BASE), served.weights)
            yield client

    def _tell_length(self, reads: int, weights: Path) -> None:
        could = _json(weights / "config.json").get("max_position_embeddings")
        if isinstance(could, int) and reads < could:
            self._progress.note(
                f"vLLM reads {reads:,} tokens on this card, the model {could:,}: longer questions are "
                "refused, and an answer that would go on beyond them ends there."
            )

    def _chat(self, one: Weights) -> Chat:
        return self._models.chat(one.base)


def _config(folder: Path | None) -> Mapping[str, object]:
    """Of an adapter; nothing where there is none, or none yet."""
    return {} if folder is None else _json(folder / tuned.ADAPTER_CONFIG)


def _json(path: Path) -> Mapping[str, object]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _rank(folder: Path | None) -> int:
    config = _config(folder)
    pattern = config.get("rank_pattern")
    ranks = [config.get("r"), *(pattern.values() if isinstance(pattern, dict) else ())]
    return max((rank for rank in ranks if isinstance(rank, int)), default=1)


def _let_go_of_the_card() -> None:
    """What training left in this process, which vLLM would find taken."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()

"""Which weights vLLM may answer for, in how many servers, called how, and told what of the environment."""

import json
import shutil
import stat
from pathlib import Path

import pytest

from clinft.adapters.model import device
from clinft.adapters.model.vllm.command import FIXED, Served, command
from clinft.adapters.model.vllm.engine import VllmEngine
from clinft.adapters.model.vllm.server import Patience
from clinft.artifacts.data import Message
from clinft.artifacts.planning import BaseModelIdentity
from clinft.artifacts.results import AnsweringEngine
from clinft.errors import ClinftError, DigestMismatch, ServiceError, SpecError
from clinft.ports.models import Weights
from clinft.wiring import vllm
from tests.fakes import adapted as made
from tests.fakes.adapted import Adapted
from tests.fakes.progress import Quiet, QuietTask
from tests.fakes.vllm.program import calls, install
from tests.fakes.vllm.stand_in import PROTOCOL, StandIn

SOON = Patience(ready=20.0, look=0.02)
ASKED = [[Message(role="system", content="Name it."), Message(role="user", content="a rash")]]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Adapted:
    return made.adapted(tmp_path_factory.mktemp("tiny"))


def engine(program: Path, tiny: Adapted, **environment: str) -> VllmEngine:
    return VllmEngine(program, environment, tiny.store, Quiet(), SOON)


def test_base_and_adapters_come_from_one_server_and_full_weights_from_another(
    tiny: Adapted, tmp_path: Path
) -> None:
    second, full = tmp_path / "second", tmp_path / "full"
    shutil.copytree(tiny.adapter, second)
    shutil.copytree(tiny.store.folder(tiny.base), full)
    models = {
        "base": tiny.store.load(tiny.base),
        "adapter-1": tiny.store.open(tiny.base, tiny.adapter)._trunk.model,
        "adapter-2": tiny.store.open(tiny.base, second)._trunk.model,
    }
    asked = [Weights(tiny.base), *(Weights(tiny.base, folder) for folder in (tiny.adapter, second, full))]
    with StandIn(tmp_path / "s", models) as stand:
        program = install(tmp_path / "bin", backend=stand.socket)
        with engine(program, tiny).serving(asked, tmp_path / "log") as opened:
            answers = [opened(one).generate(ASKED, 8, QuietTask())[0] for one in asked]
        assert [body["model"] for body in stand.requests] == ["base", "adapter-1", "adapter-2", "base"]
    assert stand.violations == []
    expected = [tiny.store.open(tiny.base, one.folder).generate(ASKED, 8, QuietTask())[0] for one in asked]
    assert answers == expected
    assert answers[0] != answers[1]
    first, other = [call["argv"] for call in calls(program)]
    assert first[1] == str(tiny.store.folder(tiny.base))
    at = first.index("--lora-modules")
    assert [json.loads(one) for one in first[at + 1 : at + 3]] == [
        {"name": "adapter-1", "path": str(tiny.adapter)},
        {"name": "adapter-2", "path": str(second)},
    ]
    # Of rank 4, which is no bound that vLLM takes.
    assert (first[first.index("--max-lora-rank") + 1], first[first.index("--max-loras") + 1]) == ("8", "2")
    assert (other[1], "--enable-lora" in other) == (str(full), False)
    assert other[other.index("--tokenizer") + 1] == first[1]


def test_what_its_processes_are_told(tiny: Adapted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "CLINFT_KEYS", "GITHUB_TOKEN", "VLLM_API_KEY", "CUDA_TOKEN", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "secret-of-ours")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    monkeypatch.setenv("VLLM_LOGGING_LEVEL", "DEBUG")
    with StandIn(tmp_path / "s", {"base": object()}) as stand:
        program = install(tmp_path / "bin", backend=stand.socket)
        with engine(program, tiny, **vllm.environment()).serving(
            [Weights(tiny.base)], tmp_path / "log"
        ) as opened:
            opened(Weights(tiny.base))
    (told,) = calls(program)
    assert "secret-of-ours" not in json.dumps(told)
    assert told["environment"]["CUDA_VISIBLE_DEVICES"] == "1"
    assert {**told["environment"], **FIXED} == told["environment"]
    assert (FIXED["VLLM_LOGGING_LEVEL"], FIXED["VLLM_NO_USAGE_STATS"], FIXED["HF_HUB_OFFLINE"]) == (
        "INFO",
        "1",
        "1",
    )


def test_it_is_called_with_options_that_vllm_has_and_logs_no_request(tmp_path: Path) -> None:
    served = Served(tmp_path, tmp_path, "bfloat16", {"adapter-1": tmp_path / "a"}, 17)
    argv = command(Path("vllm"), served, tmp_path / "s")
    options = [one for one in argv if one.startswith("--")]
    assert set(options) <= set(PROTOCOL["options"])
    assert "--no-enable-log-requests" in options
    assert argv[argv.index("--generation-config") + 1] == "vllm"
    assert argv[argv.index("--load-format") + 1] == "safetensors"
    assert argv[argv.index("--max-lora-rank") + 1] == "32"
    assert "--trust-remote-code" not in options


def test_an_adapter_of_another_base_model_is_not_served(tiny: Adapted, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(tiny.adapter, other)
    manifest = json.loads((other / "manifest.json").read_text())
    manifest["base_model"]["digest"] = "0" * 64
    (other / "manifest.json").write_text(json.dumps(manifest))
    program = install(tmp_path / "bin")
    with (
        pytest.raises(DigestMismatch, match="trained from another base model"),
        engine(program, tiny).serving([Weights(tiny.base, other)], tmp_path / "log"),
    ):
        pass
    assert calls(program) == []


def changed(tiny: Adapted, folder: Path, **config: object) -> Path:
    shutil.copytree(tiny.adapter, folder)
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **config}))
    return folder


def test_what_vllm_does_not_serve_is_left_to_transformers(tiny: Adapted, tmp_path: Path) -> None:
    found = engine(tmp_path / "vllm", tiny)
    dora = changed(tiny, tmp_path / "dora", use_dora=True)
    wide = changed(tiny, tmp_path / "wide", rank_pattern={"q_proj": 1024})
    fake = BaseModelIdentity(ref="builtin:fake", kind="fake", digest="a" * 64)
    assert found.refuses([Weights(tiny.base), Weights(tiny.base, tiny.adapter, "qlora")]) is None
    assert found.refuses([Weights(tiny.base), Weights(tiny.base, dora)]) == (
        "vLLM does not serve adapters trained by DoRA"
    )
    # Weights that are gone: nothing of them can be read, and the answer is the same.
    assert found.refuses([Weights(tiny.base, tmp_path / "gone", "dora")]) is not None
    assert found.refuses([Weights(tiny.base, tmp_path / "gone", "lora")]) is None
    assert found.refuses([Weights(tiny.base, wide)]) == "vLLM serves no adapters above rank 512"
    assert found.refuses([Weights(fake)]) == "no weights lie on this machine"


def test_a_card_without_bfloat16_is_left_to_transformers(
    tiny: Adapted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "choose", lambda: device.Device("cuda", "float32"))
    assert engine(tmp_path / "vllm", tiny).refuses([Weights(tiny.base)]) is not None


def test_its_version_is_asked_once_and_recorded(tiny: Adapted, tmp_path: Path) -> None:
    program = install(tmp_path / "bin", version="0.33.1rc2+cu130")
    found = engine(program, tiny)
    assert found.identity() == AnsweringEngine(name="vllm", version="0.33.1rc2+cu130")
    program.unlink()
    assert str(found.identity()) == "vllm 0.33.1rc2+cu130"


@pytest.mark.parametrize(
    ("version", "kind", "told"),
    [
        ("0.32.9", SpecError, "vLLM 0.32 is older than clinft can ask."),
        ("Zebulon", ServiceError, "does not say its version"),
        ("0.33.0|`@team`", ServiceError, "does not say its version"),
    ],
)
def test_a_program_that_is_no_vllm_that_can_be_asked(
    tiny: Adapted, tmp_path: Path, version: str, kind: type[ClinftError], told: str
) -> None:
    with pytest.raises(kind, match=told) as caught:
        engine(install(tmp_path / "bin", version=version), tiny).identity()
    assert "Zebulon" not in str(caught.value)


def test_a_program_that_is_not_there_or_may_not_be_run(tiny: Adapted, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="CLINFT_VLLM names no program"):
        engine(tmp_path / "vllm", tiny).identity()
    program = install(tmp_path / "bin")
    program.chmod(stat.S_IRUSR)
    with pytest.raises(SpecError, match="CLINFT_VLLM names no program"):
        engine(program, tiny).identity()


def test_a_server_of_another_version_than_its_program_is_refused(tiny: Adapted, tmp_path: Path) -> None:
    with StandIn(tmp_path / "s", {"base": object()}) as stand:
        program = install(tmp_path / "bin", backend=stand.socket, version="0.34.0")
        with (
            engine(program, tiny).serving([Weights(tiny.base)], tmp_path / "log") as opened,
            pytest.raises(ServiceError, match="of another version than its program"),
        ):
            opened(Weights(tiny.base))


def test_without_the_variable_there_is_no_engine(
    tiny: Adapted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(vllm.VARIABLE, raising=False)
    assert vllm.local_engine(tiny.store, Quiet()) is None
    monkeypatch.setenv(vllm.VARIABLE, str(install(tmp_path / "bin")))
    found = vllm.local_engine(tiny.store, Quiet())
    assert found is not None
    assert found.identity().version == "0.33.0"


def test_a_server_that_reads_less_than_the_model_says_so(tiny: Adapted, tmp_path: Path) -> None:
    class Heard(Quiet):
        def note(self, text: str) -> None:
            notes.append(text)

    could = json.loads((tiny.store.folder(tiny.base) / "config.json").read_bytes())["max_position_embeddings"]
    for longest in (could - 1, could):
        notes: list[str] = []
        with StandIn(
            tmp_path / f"s{longest}", {"base": tiny.store.load(tiny.base)}, longest=longest
        ) as stand:
            program = install(tmp_path / f"bin{longest}", backend=stand.socket)
            served = VllmEngine(program, {}, tiny.store, Heard(), SOON)
            with served.serving([Weights(tiny.base)], tmp_path / "log") as opened:
                opened(Weights(tiny.base))
        assert any("vLLM reads" in note for note in notes) is (longest < could)

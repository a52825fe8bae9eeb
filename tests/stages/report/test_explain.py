"""`clinft train --explain` against goldens. After a wanted change: CLINFT_UPDATE_GOLDEN=1 pytest <this file>, read the diff."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from clinft.artifacts.advice import Advice, AdviceRow
from clinft.spec.eligibility import AzureAccount, Eligibility, Endpoint
from clinft.spec.mcp import McpServer
from clinft.stages.report.advice import advice
from clinft.stages.report.by_hand import STEPS, ByHand, by_hand
from tests.fakes.run_facts import HOSTILE
from tests.fakes.specs import project_spec

GOLDEN = Path(__file__).parent / "golden_explain"
UPDATE = os.environ.get("CLINFT_UPDATE_GOLDEN") == "1"
PARSER = MarkdownIt("commonmark").enable("table")
FACTS = Eligibility(owner="Privacy Office", review_by="2027-03-01")
GUID = "00000000-0000-4000-8000-00000000000{}"


def made(provider: str, **training: Any) -> ByHand:
    spec = project_spec(
        training={
            "provider": provider,
            "base_model": "gpt-4.1-mini-2025-04-14",
            "method": "supervised",
            "hyperparameters": {"n_epochs": 3, "batch_size": 2, "learning_rate": None, "seed": 7},
            **training,
        }
    )
    return ByHand("demo", spec.training, training_sha256="a" * 64, validation_sha256="b" * 64)


def openai() -> ByHand:
    return made("openai", suffix="clinic")


def azure() -> ByHand:
    account = AzureAccount(
        tenant=GUID.format(1),
        subscription=GUID.format(2),
        resource_group="clinic-rg",
        account="clinic-openai",
        trainer=GUID.format(3),
        deployer=GUID.format(4),
    )
    endpoint = Endpoint(
        provider="azure_openai",
        url="https://clinic.openai.azure.com/openai/v1/",
        login="entra",
        azure=account,
        eligibility=FACTS,
    )
    facts = made("azure_openai")
    return ByHand("demo", facts.training, endpoint=endpoint)


def peft() -> ByHand:
    return made(
        "peft",
        base_model="models/ours",
        method="lora",
        lora={"r": 8, "lora_alpha": 16, "target_modules": ["q_proj", "up_proj"]},
        hyperparameters={"n_epochs": 2, "batch_size": 4, "learning_rate": 0.0005, "max_tokens": 512},
    )


def mcp() -> ByHand:
    facts = made("mcp", base_model="models/ours", method="lora", server="trainer")
    server = McpServer.model_validate(
        {
            "url": "https://mcp.example-hospital.org/train",
            "operations": {
                "find": {
                    "tool": "jobs/list",
                    "arguments": {"tag": "${run_id}"},
                    "result": {"id": "id", "run_id": "tag", "status": "state"},
                },
                "submit": {
                    "tool": "train",
                    "arguments": {
                        "idempotency_key": "${run_id}",
                        "file": "${training_text}",
                        "epochs": "${hyperparameters.n_epochs}",
                    },
                    "result": {"id": "id"},
                },
                "poll": {"tool": "job", "arguments": {"id": "${job_id}"}, "result": {"status": "state"}},
                "result": {"tool": "job", "arguments": {"id": "${job_id}"}, "result": {"model": "model"}},
            },
            "states": {"done": "succeeded"},
            "eligibility": FACTS.model_dump(),
        },
        strict=False,
    )
    return ByHand("demo", facts.training, server=server)


def manual() -> ByHand:
    return made("manual", suffix="clinic")


PROVIDERS: dict[str, Callable[[], ByHand]] = {
    "openai": openai,
    "azure_openai": azure,
    "peft": peft,
    "mcp": mcp,
    "manual": manual,
    "fake": lambda: made("fake"),
}


def recommended(provider: str, text: str = "32; or 16 to 32") -> Advice:
    rows = (
        AdviceRow(
            parameter="lora.r",
            spec="16",
            recommended="16",
            departs=False,
            reason="small sets",
            source="Somebody, 2025",
        ),
        AdviceRow(
            parameter="lora.lora_alpha", spec=text, recommended=text, departs=True, reason=text, source=text
        ),
    )
    return Advice.model_validate(
        {
            "provider": provider,
            "base_model": "gpt-4.1-mini-2025-04-14",
            "kind": "classification",
            "samples": 660,
            "tokens": 139244,
            "longest_tokens": 265,
            "parameters": 135_000_000,
            "rows": rows,
            "notes": (text,),
        }
    )


@pytest.mark.parametrize(
    "name", ["lambda:gpu_1x_a10:us", "gcp:a3-highgpu-1g:us-central1", "aws:g6.xlarge:eu-1"]
)
def test_a_machines_name_can_be_copied(name: str) -> None:
    """What GitHub would read as an emoji is broken up elsewhere, by a character that nobody sees."""
    text = advice(recommended("peft", f"a card of 24 GB: {name} (A10, 24 GB); {name} (B, 1:2:3) @name <b>"))
    assert f"a card of 24 GB: `{name}` (A10, 24 GB); `{name}` (B, 1:2:3) @\u200bname &lt;b&gt;" in text


def page(provider: str) -> str:
    return f"{advice(recommended(provider))}\n{by_hand(PROVIDERS[provider]())}"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_page_equals_its_golden(provider: str) -> None:
    text, golden = page(provider), GOLDEN / f"{provider}.md"
    if UPDATE:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_no_golden_is_left_over_and_no_provider_is_without_steps() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md")} == set(PROVIDERS)
    assert set(STEPS) == {*PROVIDERS, "fake_hosted"}


def blocks(provider: str, language: str) -> list[str]:
    """Code blocks as GitHub reads them, those below a number of a list too."""
    return [
        token.content
        for token in PARSER.parse(page(provider))
        if token.type == "fence" and token.info == language
    ]


@pytest.mark.parametrize("provider", ["openai", "azure_openai"])
def test_each_call_is_bash_and_holds_no_key(provider: str) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    found = blocks(provider, "bash")
    assert len(found) >= 6
    for block in found:
        done = subprocess.run([bash, "-n"], input=block, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    # A variable with a key is named inside of printf alone, a builtin: no process gets it as an argument.
    calls = [line for block in found for line in block.splitlines() if "KEY" in line or "accessToken" in line]
    assert calls
    for line in calls:
        assert re.fullmatch(
            r"""(call|manage)\(\) \{ curl --fail-with-body -H @<\(printf "[^"]*" "\$.*"\) "\$@"; \}""", line
        )
    assert "sk-" not in page(provider)


def bodies(provider: str, text: str) -> list[Any]:
    """The JSON after --data, as a shell reads it."""
    return [json.loads(found) for found in re.findall(r"--data '(\{.*\})'$", text, re.MULTILINE)]


def test_the_job_has_the_specs_values() -> None:
    (body,) = bodies("openai", "".join(blocks("openai", "bash")))
    assert body == {
        "model": "gpt-4.1-mini-2025-04-14",
        "training_file": "TRAINING_FILE",
        "validation_file": "VALIDATION_FILE",
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3, "batch_size": 2}}},
        "seed": 7,
        "suffix": "clinic",
    }
    creation, deployment = bodies("azure_openai", "".join(blocks("azure_openai", "bash")))
    assert creation["trainingType"] == "Standard"
    assert deployment["properties"]["model"]["format"] == "OpenAI"


def test_dpo_and_a_multiplier_reach_the_call() -> None:
    hyper = {"n_epochs": 1, "learning_rate": None, "beta": 0.2, "learning_rate_multiplier": 0.5}
    text = by_hand(made("openai", method="dpo", hyperparameters=hyper))
    (body,) = bodies("openai", text)
    recipe = body["method"]["dpo"]["hyperparameters"]
    assert (recipe["beta"], recipe["learning_rate_multiplier"]) == (0.2, 0.5)


def test_azure_with_a_key_and_without_an_endpoint() -> None:
    text = by_hand(made("azure_openai", training_type="global"))
    assert 'printf "api-key: %s" "$AZURE_OPENAI_API_KEY"' in text
    assert 'URL="$AZURE_OPENAI_ENDPOINT/openai/v1"' in text
    assert "GlobalStandard" in text
    assert "$SUBSCRIPTION" in text


def test_the_script_is_python() -> None:
    (script,) = blocks("peft", "python")
    compile(script, "outline", "exec")
    assert "r=8, lora_alpha=16" in script
    embedded = by_hand(
        made("peft", base_model="builtin:smollm2-135m", method="lora", lora={"top_layers": 10})
    )
    assert "in the place of `base`" in embedded
    assert "[-10:]" in embedded


def test_the_script_of_full_fine_tuning_has_no_adapter() -> None:
    text = by_hand(made("peft", base_model="tiny", method="full"))
    assert "peft import" not in text
    assert "LoraConfig" not in text
    assert 'save_pretrained("model"' in text
    assert "lr=2e-05" in text or "lr=0." in text


def test_mcp_without_a_server_says_what_is_missing() -> None:
    assert "mcp_servers" in by_hand(made("mcp", method="lora"))


def test_a_departure_is_counted_and_named() -> None:
    text = advice(recommended("peft"))
    assert "The spec departs from it in 1 place: `lora.lora_alpha`." in text
    none = recommended("peft").model_copy(update={"rows": recommended("peft").rows[:1]})
    assert "departs from none of it" in advice(none)


def test_unknown_counts_are_left_out() -> None:
    bare = recommended("peft").model_copy(update={"tokens": None, "longest_tokens": None, "parameters": None})
    assert "classification: 660 training samples." in advice(bare)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    rendered = advice(recommended("peft", text or "x"))
    inside = {
        child.type
        for token in PARSER.parse(rendered)
        for child in token.children or []
        if child.type not in ("text", "softbreak")
    }
    assert inside <= {"code_inline", "strong_open", "strong_close"}
    assert "@everyone" not in rendered

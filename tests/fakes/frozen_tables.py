"""Prices, machines and ends of models as they were read in November 2026, for tests that compute by hand:
a refresh of the shipped tables changes none of them."""

from typing import Any

import pytest

from clinft.pipeline import lifecycles, machines, prices

OPENAI_DAY, AZURE_DAY, OWN_DAY = "2026-11-23", "2026-08-11", "2026-11-24"
ALIASES = {
    "gpt-4.1-2025-04-14": ["gpt-4.1"],
    "gpt-4.1-mini-2025-04-14": ["gpt-4.1-mini"],
    "gpt-4o-2024-08-06": ["gpt-4o"],
    "gpt-4o-mini-2024-07-18": ["gpt-4o-mini"],
    "o4-mini-2025-04-16": ["o4-mini"],
}
FOUR_ONE, MINI, *_ = ALIASES
SWEDEN = {"training_type": "standard", "region": "swedencentral"}
ILLINOIS = {"training_type": "standard", "region": "northcentralus"}
GLOBAL, ZONE, DEVELOPER = ({"training_type": kind} for kind in ("global", "data_zone", "developer"))
# Base model, what is paid, how much, where.
OPENAI: list[tuple[Any, ...]] = [
    ("*", "hosting", "0"),
    (FOUR_ONE, "training", "25.00"),
    (FOUR_ONE, "input", "3.00"),
    (FOUR_ONE, "output", "12.00"),
    (MINI, "training", "5.00"),
    (MINI, "input", "0.80"),
    (MINI, "cached_input", "0.20"),
    (MINI, "output", "3.20"),
    ("gpt-4o-2024-08-06", "training", "25.00"),
    ("gpt-4o-mini-2024-07-18", "output", "1.20"),
    ("o4-mini-2025-04-16", "training", "100.00", {"unit": "usd_per_hour"}),
]
AZURE: list[tuple[Any, ...]] = [
    (FOUR_ONE, "training", "27.50", ILLINOIS),
    (FOUR_ONE, "training", "30.25", SWEDEN),
    (FOUR_ONE, "training", "27.50", ZONE),
    (FOUR_ONE, "training", "25.00", GLOBAL),
    (FOUR_ONE, "training", "12.50", DEVELOPER),
    (FOUR_ONE, "hosting", "1.70"),
    (FOUR_ONE, "hosting", "0", DEVELOPER),
    (MINI, "training", "5.50", ILLINOIS),
    (MINI, "training", "6.05", SWEDEN),
    (MINI, "training", "5.50", ZONE),
    (MINI, "training", "5.00", GLOBAL),
    (MINI, "training", "2.50", DEVELOPER),
    (MINI, "hosting", "1.70"),
    (MINI, "hosting", "0", DEVELOPER),
    (MINI, "input", "0.40", GLOBAL),
    (MINI, "output", "1.60", GLOBAL),
    (MINI, "input", "0.484", SWEDEN),
    (MINI, "output", "1.936", SWEDEN),
    ("gpt-oss-20b", "training", "4.00", ZONE),
    ("gpt-oss-20b", "training", "3.60", GLOBAL),
    ("gpt-oss-20b", "hosting", "0.33"),
    ("gpt-oss-20b", "hosting", "0.30", GLOBAL),
]


def _price(
    provider: str, as_of: str, source: str, model: str, what: str, value: str, more: Any = None
) -> Any:
    unit = "usd_per_hour" if what == "hosting" else "usd_per_million_tokens"
    return {
        "provider": provider,
        "base_model": model,
        "aliases": ALIASES.get(model, []),
        "what": what,
        "value": value,
        "unit": unit,
        "as_of": as_of,
        "source": source,
        **(more or {}),
    }


FREE = [("*", what, "0") for what in ("training", "hosting", "input", "output")]
PRICES = prices.PriceTable.model_validate(
    {
        "prices": [
            *(_price("peft", OWN_DAY, "your own machine", *row) for row in FREE),
            *(_price("fake", OWN_DAY, "runs inside clinft", *row) for row in FREE),
            *(_price("openai", OPENAI_DAY, "a copy of a page", *row) for row in OPENAI),
            *(_price("azure_openai", AZURE_DAY, "a copy of its meters", *row) for row in AZURE),
        ],
        "throughput": [
            {
                "base_model": "builtin:smollm2-135m",
                "method": "lora",
                "top_layers": 10,
                "tokens_per_second": 831,
                "measured_on": OWN_DAY,
                "machine": "2 cores",
            }
        ],
    }
)


def _instance(name: str, gpu: str, memory_gb: int, usd_per_hour: str, as_of: str) -> Any:
    read = {"usd_per_hour": usd_per_hour, "as_of": as_of, "source": "a public list"}
    return {"name": name, "gpu": gpu, "gpus": 1, "memory_gb": memory_gb, "minimum_minutes": 1, **read}


def _card(name: str, bf16_tflops: int, memory_gb: int) -> Any:
    read = {"as_of": OPENAI_DAY, "source": "the maker's data sheet"}
    return {"name": name, "bf16_tflops": bf16_tflops, "memory_gb": memory_gb, **read}


def _shape(base_model: str, parameters: int, layers: int, hidden: int, ffn: int, tied: bool) -> Any:
    sizes = {"parameters": parameters, "layers": layers, "hidden": hidden, "ffn": ffn, "vocabulary": 49_152}
    return {"base_model": base_model, **sizes, "tied": tied, "as_of": OWN_DAY, "source": "its configuration"}


MACHINES = machines.Table.model_validate(
    {
        "instances": [
            _instance("aws:g6.xlarge:us-east-1", "L4", 24, "0.8048", "2026-08-17"),
            _instance("aws:g6e.xlarge:us-east-1", "L40S", 48, "1.861", "2026-08-17"),
        ],
        "gpus": [_card("L4", 121, 24), _card("L40S", 362, 48), _card("H100", 989, 80)],
        "shapes": [
            _shape("builtin:smollm2-135m", 134_515_008, 30, 576, 1536, tied=True),
            _shape("Qwen/Qwen3-8B", 8_190_735_360, 36, 4096, 12_288, tied=False),
        ],
    }
)


def _end(provider: str, model: str, training_until: str, serving_until: str, **more: str) -> Any:
    ends = {"training_until": training_until, "serving_until": serving_until, **more}
    read = {"as_of": OPENAI_DAY, "source": "the provider's notice"}
    return {"provider": provider, "base_model": model, "aliases": ALIASES[model], **ends, **read}


ENDS = lifecycles.Table.model_validate(
    {
        "models": [
            *(
                _end("openai", model, "2027-01-06", "2027-01-13", replacement="gpt-6-luna")
                for model in (FOUR_ONE, MINI)
            ),
            *(_end("azure_openai", model, "2027-04-13", "2027-10-13") for model in (FOUR_ONE, MINI)),
        ]
    }
)


def freeze(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the loaders, whose caches are left as they are."""
    monkeypatch.setattr(prices, "price_table", lambda: PRICES)
    monkeypatch.setattr(machines, "machine_table", lambda: MACHINES)
    monkeypatch.setattr(lifecycles, "_table", lambda: ENDS)


def without_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """No base model ever stops, so that a test of something else does not turn red with the calendar."""
    monkeypatch.setattr(lifecycles, "_table", lambda: lifecycles.Table(models=[]))

"""Renewing machines: provider, type, region and cards have to be those of the row."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from clinft.pipeline.machines import Table
from clinft.pipeline.refreshing.machines import SOURCE, providers, refresh_machines
from clinft.ports.pricing import Offer
from clinft.spec import yaml
from tests.conftest import REPOSITORY
from tests.fakes.price_tables import MACHINES

TODAY = date(2026, 11, 26)
AWS = Offer("aws", "g6.xlarge", "us-east-1", Decimal("0.8048"), 1, Decimal("22.4"))
GCP = Offer("gcp", "g2-standard-4", "us-central1-a", Decimal("0.7068"), 1, Decimal(24))
OFFERS = (
    AWS,
    Offer("azure", "Standard_NC24ads_A100_v4", "eastus", Decimal("3.673"), 1, Decimal(80)),
    GCP,
    replace(GCP, location="us-central1-b"),
    Offer("lambdalabs", "gpu_8x_a100_80gb", "us-east-1", Decimal("22.32"), 8, Decimal(80)),
    Offer("lambdalabs", "gpu_8x_a100_80gb", "us-west-2", Decimal("22.32"), 8, Decimal(80)),
    Offer("nebius", "gpu-h100-sxm 1gpu-16vcpu-200gb", "eu-north1", Decimal("2.95"), 1, Decimal(80)),
    Offer("nebius", "gpu-h100-sxm 8gpu-128vcpu-1600gb", "eu-north1", Decimal("23.6"), 8, Decimal(80)),
    # Near misses.
    replace(AWS, instance="g6.xlarge.metal", usd_per_hour=Decimal(9)),
    replace(AWS, location="us-east-2", usd_per_hour=Decimal(9)),
    replace(AWS, provider="elsewhere", usd_per_hour=Decimal(9)),
    replace(GCP, location="us-central10", usd_per_hour=Decimal(9)),
)


def test_rows_are_found_by_provider_type_and_region() -> None:
    done = refresh_machines(MACHINES, OFFERS, TODAY)
    assert done.doubts == []
    assert {change.row: str(change.value) for change in done.changes if change.moved} == {
        "gcp:g2-standard-4:us-central1": "0.7068",
        "nebius:gpu-h100:eu-north1": "2.95",
    }
    table = Table.model_validate(yaml.parse(done.text, "machines.yaml").value)
    assert {(row.as_of, row.source) for row in table.instances} == {("2026-11-26", SOURCE)}
    assert done.text.startswith("# Machines that cost by the hour.\n")
    again = refresh_machines(done.text, tuple(reversed(OFFERS)), TODAY)
    assert (again.text, len(again.changes)) == (done.text, 5)


@pytest.mark.parametrize(
    ("offers", "why"),
    [
        ([], "no on-demand offer"),
        ([replace(AWS, gpus=4)], "other cards than 1 L4"),
        ([replace(AWS, memory_gb=Decimal(48))], "other cards than 1 L4"),
        ([replace(AWS, memory_gb=None)], "other cards than 1 L4"),
        ([AWS, replace(AWS, usd_per_hour=Decimal(1))], "its zones differ: 0.8048, 1"),
        ([replace(AWS, usd_per_hour=Decimal("2.5"))], "jump from 0.8048 to 2.5"),
        ([replace(AWS, usd_per_hour=Decimal(0))], "jump from 0.8048 to 0"),
    ],
)
def test_a_doubtful_machine_is_kept_and_told(offers: list[Offer], why: str) -> None:
    others = [offer for offer in OFFERS if offer.provider != "aws"]
    done = refresh_machines(MACHINES, [*offers, *others], TODAY)
    (doubt,) = done.doubts
    assert (doubt.table, doubt.row) == ("machines.yaml", "aws:g6.xlarge:us-east-1")
    assert why in doubt.why
    assert 'usd_per_hour: "0.8048",\n     minimum_minutes: 1, as_of: "2026-08-17"' in done.text


def test_whom_the_shipped_table_asks() -> None:
    text = (REPOSITORY / "clinft/tables/machines.yaml").read_text()
    assert providers(text) == ("aws", "azure", "gcp", "lambdalabs", "nebius")
    done = refresh_machines(text, (), TODAY)
    assert (done.text, done.changes) == (text, [])
    assert all("no on-demand offer" in doubt.why for doubt in done.doubts)

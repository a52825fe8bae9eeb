"""A whole policy is read as it is written, and the committed one's commented examples are true."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from clinft.errors import SpecError
from clinft.spec.load import load_policy
from clinft.spec.policy import Policy, Role

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / ".github" / "clinft.yml"
WHOLE = f"""\
version: 1
roles:
  ml: {{people: [Octo-Cat, a, dr-lee], approvals: 2}}
  privacy: {{people: [hubot]}}
  engine: {{}}
required_roles: [privacy]
local_approval: false
budgets:
  per_run_usd: 50
  per_month_usd: 200.50
  max_increase_percent: 0
  hosting_per_month_usd: 1300
  max_price_age_days: 30
projects:
  wound-notes:
    roles:
      privacy: {{people: []}}
      ml: {{people: [mona]}}
      pharmacy: {{people: [rx]}}
    required_roles: [ml, pharmacy]
    per_run_usd: 0
providers:
  peft: {{}}
  azure_openai:
    eligibility:
      owner: Privacy Office
      baa_signed: "2024-02-29"
      regions: [eastus2, sweden-central]
      review_by: 2027-03-01
runners:
  local: {{}}
  gpu-box: {{labels: [self-hosted, gpu], description: a server, usd_per_hour: 1.5, gpu: L40S}}
  cloud-gpu: {{labels: [self-hosted, cloud], instance: "aws:g6.xlarge:us-east-1"}}
endpoints:
  azure-east:
    provider: azure_openai
    url: https://example-hospital.openai.azure.com:8443/openai/v1/
    region: eastus2
    login: entra
    azure:
      tenant: 00000000-0000-0000-0000-000000000001
      subscription: 00000000-0000-0000-0000-000000000002
      resource_group: rg-clinical-ml
      account: example-hospital
      trainer: 00000000-0000-0000-0000-000000000003
    training_types: [standard, developer]
    eligibility: {{owner: Privacy Office, review_by: "2027-03-01"}}
mcp_servers:
  trainer: {{url: https://mcp.example.org, eligibility: {{owner: IT, review_by: "2027-03-01"}}}}
sinks:
  ml-channel: {{kind: slack, description: "Slack channel #ml", eligibility: {{owner: IT, review_by: "2027-03-01"}}}}
lifecycle: {{warn_days: 200, min_served_days: 60}}
waivers:
  - project: wound-notes
    finding: 0123456789abcdef
    file_sha256: {"7f" * 32}
    reason: an eponym
    owner: hubot
    given: "2026-11-26"
    expires: "2027-01-31"
safeguards:
  doctor: {{date: "2026-11-26", ok: [branch], wrong: [runners]}}
  facts: {{encryption-at-rest: {{state: met, statement: LUKS, owner: IT, date: "2026-11-01"}}}}
commit_back: {{mode: push, author: "clinft-app[bot]"}}
consents: {{quiet: false, before_merge: [ml-channel]}}
retention: {{weights_days: 30, provider_files_days: 1}}
registries:
  hub: {{kind: huggingface, description: ours, namespace: our-hospital, eligibility: {{owner: IT, review_by: "2027-03-01"}}}}
pages: {{publish: true, url: "https://example-hospital.github.io/clinft"}}
evaluation_models:
  other: {{provider: azure_openai, endpoint: azure-east, model: gpt-4.1-mini}}
research: {{sources: [pubmed, arxiv], contact: library@hospital.example, max_age_days: 90, cache_days: 0}}
audit:
  sensitivity_floor: 0.9
  presidio: [UsPassportRecognizer]
  patterns: [{{name: visit-code, identifier: R, severity: CRITICAL, pattern: 'V-[0-9]{{{{4}}}}', words: [visit]}}]
"""


def load(folder: Path, text: str) -> Policy:
    path = folder / "clinft.yml"
    path.write_text(text)
    return load_policy(path)


def test_every_key_is_read(tmp_path: Path) -> None:
    policy = load(tmp_path, WHOLE)
    # Every key is in the text, so that this test grows with the model.
    assert policy.model_fields_set == set(Policy.model_fields)
    assert policy.budgets.per_month_usd == Decimal("200.50")
    assert policy.budgets.max_increase_percent == 0
    eligibility = policy.providers["azure_openai"].eligibility
    assert eligibility is not None
    assert (eligibility.review_by, eligibility.baa_signed) == ("2027-03-01", "2024-02-29")
    assert eligibility.regions == ("eastus2", "sweden-central")
    assert policy.endpoints["azure-east"].url == "https://example-hospital.openai.azure.com:8443/openai/v1/"
    assert policy.endpoints["azure-east"].login == "entra"
    assert policy.endpoints["azure-east"].training_types == ("standard", "developer")
    assert (policy.lifecycle.warn_days, policy.lifecycle.min_served_days) == (200, 60)
    assert (policy.budgets.hosting_per_month_usd, policy.budgets.max_price_age_days) == (1300, 30)
    assert policy.mcp_servers["trainer"].eligibility.owner == "IT"
    assert policy.sinks["ml-channel"].kind == "slack"
    assert (policy.registries["hub"].url, policy.registries["hub"].namespace) == (
        "https://huggingface.co",
        "our-hospital",
    )
    assert policy.waivers[0].finding == "0123456789abcdef"
    assert (policy.commit_back.mode, policy.commit_back.author) == ("push", "clinft-app[bot]")
    assert (policy.consents.quiet, policy.consents.before_merge) == (False, ("ml-channel",))
    assert (policy.retention.weights_days, policy.retention.provider_files_days) == (30, 1)
    assert (policy.pages.publish, policy.pages.url) == (True, "https://example-hospital.github.io/clinft")
    assert (policy.research.sources, policy.research.max_age_days) == (("pubmed", "arxiv"), 90)
    assert (policy.audit.sensitivity_floor, policy.audit.presidio) == (0.9, ("UsPassportRecognizer",))
    assert policy.evaluation_models["other"].model == "gpt-4.1-mini"
    assert policy.safeguards.facts["encryption-at-rest"].owner == "IT"
    assert policy.audit.patterns[0].words == ("visit",)


def test_a_projects_own_role_replaces_the_common_one(tmp_path: Path) -> None:
    policy = load(tmp_path, WHOLE)
    assert policy.role_of("ml", "wound-notes") == Role(people=("mona",))
    assert policy.role_of("ml", "other").approvals == 2
    assert policy.role_of("ml", None).people == ("Octo-Cat", "a", "dr-lee")
    assert policy.role_of("pharmacy", "other") == Role()
    assert policy.role_of("nobody-defined-it", "wound-notes") == Role()


def test_an_empty_role_of_a_project_lets_nobody_approve(tmp_path: Path) -> None:
    # Emptying a role must never mean "as everywhere else".
    assert load(tmp_path, WHOLE).role_of("privacy", "wound-notes").people == ()


def test_a_project_may_need_other_roles_and_less_money(tmp_path: Path) -> None:
    policy = load(tmp_path, WHOLE)
    assert policy.required_for("wound-notes") == ("ml", "pharmacy")
    assert policy.required_for("other") == ("privacy",)
    assert policy.per_run_usd("wound-notes") == 0
    assert policy.per_run_usd("other") == 50


def test_what_is_left_out_is_careful(tmp_path: Path) -> None:
    policy = load(
        tmp_path,
        "version: 1\nroles: {ml: {}, privacy: {}}\nrunners: {}\nbudgets: {per_run_usd: 0, per_month_usd: 0}\n",
    )
    assert policy.required_roles == ("ml", "privacy")
    assert tuple(policy.providers) == ("peft",)
    assert (policy.endpoints, policy.mcp_servers, policy.sinks, policy.waivers) == ({}, {}, {}, ())
    assert policy.consents.before_merge == ()
    assert (policy.commit_back.mode, policy.commit_back.author) == ("pull_request", "github-actions[bot]")
    assert policy.budgets.max_increase_percent is None


@pytest.mark.parametrize(
    "url", ["https://a", "https://a.b-c.org/x/y_z~1.2", "https://10.0.0.1:8443/", "https://a:1"]
)
def test_an_https_address_is_a_host_and_a_path(tmp_path: Path, url: str) -> None:
    text = WHOLE.replace("https://mcp.example.org", url)
    assert load(tmp_path, text).mcp_servers["trainer"].url == url


def test_a_required_role_is_listed_once(tmp_path: Path) -> None:
    text = WHOLE.replace("required_roles: [privacy]", "required_roles: [privacy, privacy]")
    with pytest.raises(SpecError):
        load(tmp_path, text)


# The committed policy: a commented line that looks like YAML is an example, everything else is prose.
EXAMPLE = re.compile(r"( *)# ( *(?:- )?[a-z][a-z0-9_-]*:(?: .*)?)")
PLACEHOLDER = "<sha256 of the file>"


def blocks() -> list[range]:
    """Runs of lines, by number, that are examples."""
    lines = COMMITTED.read_text().splitlines()
    found: list[range] = []
    for number, line in enumerate(lines):
        if number == 0 or not EXAMPLE.fullmatch(line):
            continue
        if found and found[-1].stop == number:
            found[-1] = range(found[-1].start, number + 1)
        else:
            found.append(range(number, number + 1))
    return found


def uncommented(*examples: range) -> str:
    lines = COMMITTED.read_text().splitlines()
    for number in (number for example in examples for number in example):
        found = EXAMPLE.fullmatch(lines[number])
        assert found is not None
        lines[number] = found[1] + found[2]
    return "\n".join(lines).replace(PLACEHOLDER, "7f" * 32) + "\n"


def first_key(example: range) -> str:
    return COMMITTED.read_text().splitlines()[example.start].split("#")[1].split(":")[0].strip()


def test_the_committed_policy_names_nobody_and_is_valid() -> None:
    policy = load_policy(COMMITTED)
    assert all(role.people == () for role in policy.roles.values())
    assert set(policy.roles) == {"ml", "privacy", "clinical", "engine"}
    assert policy.consents.before_merge == ()


def test_the_examples_are_found() -> None:
    assert list(map(first_key, blocks())) == [
        "max_increase_percent",
        "lifecycle",
        "projects",
        "openai",
        "endpoints",
        "registries",
        "waivers",
        "pages",
    ]
    assert COMMITTED.read_text().count(PLACEHOLDER) == 1


@pytest.mark.parametrize(
    "example", [block for block in blocks() if first_key(block) != "endpoints"], ids=first_key
)
def test_an_example_is_valid_when_it_is_uncommented(tmp_path: Path, example: range) -> None:
    assert load(tmp_path, uncommented(example)) != load_policy(COMMITTED)


def test_all_examples_are_valid_together(tmp_path: Path) -> None:
    policy = load(tmp_path, uncommented(*blocks()))
    assert policy.required_for("icd10-chapter") == ("ml", "privacy", "clinical")
    assert policy.role_of("clinical", "icd10-chapter").people == ("dr-lee",)
    assert "openai" in policy.providers
    assert set(policy.endpoints) == {"azure-east"}
    assert set(policy.mcp_servers) == {"trainer"}
    assert set(policy.sinks) == {"ml-channel"}
    assert set(policy.registries) == {"our-hub"}
    assert policy.waivers[0].owner == "sam-privacy"

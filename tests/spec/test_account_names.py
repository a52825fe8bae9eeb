"""Google's names of accounts stand in a policy; every other e-mail address is still refused."""

import re
from pathlib import Path

import pytest
import yaml

from clinft.errors import SpecError
from clinft.spec.load import load_policy, validate_files

ACCOUNT = "clinft@my-proj.iam.gserviceaccount.com"
PERSON = "someone@uniklinik-heidelberg.de"
SINK = """
sinks:
  board:
    kind: google_sheets
    description: {description}
    login:
      service_account: {account}
      subject: {subject}
    eligibility: {{owner: {owner}, review_by: "2027-03-01"}}
"""


def policy(tmp_path: Path, repository: Path, **values: str) -> Path:
    written = {
        "description": "Board",
        "account": ACCOUNT,
        "subject": f"'{PERSON}'",
        "owner": "Privacy Office",
    }
    path = tmp_path / "clinft.yml"
    own = (repository / ".github" / "clinft.yml").read_text()
    path.write_text(own + SINK.format(**{**written, **values}))
    return path


def test_the_accounts_of_a_login_may_be_named(tmp_path: Path, repository: Path) -> None:
    path = policy(tmp_path, repository)
    login = load_policy(path).sinks["board"].login
    assert login is not None
    assert (login.service_account, login.subject) == (ACCOUNT, PERSON)
    assert validate_files([path]) == []


@pytest.mark.parametrize(
    "values",
    [
        {"description": f"Board of {PERSON}"},
        {"owner": PERSON},
        {"account": f"{ACCOUNT} # ask {PERSON}"},
        {"subject": f"'{PERSON} {PERSON}'"},
    ],
)
def test_any_other_address_is_refused(tmp_path: Path, repository: Path, values: dict[str, str]) -> None:
    path = policy(tmp_path, repository, **values)
    with pytest.raises(SpecError):
        load_policy(path)
    problems = validate_files([path])
    assert any("an e-mail address" in one.message for one in problems)
    assert PERSON not in str(problems)


@pytest.mark.parametrize("page", ["google.md", "slack.md", "langsmith.md", "sinks.md", "dashboard.md"])
def test_what_the_docs_show_of_a_policy_loads(tmp_path: Path, repository: Path, page: str) -> None:
    text = (repository / "docs" / page).read_text()
    shown = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S)]
    shown = [block for block in shown if isinstance(block, dict) and block.keys() <= {"sinks", "pages"}]
    assert shown or page == "sinks.md"
    own = yaml.safe_load((repository / ".github" / "clinft.yml").read_text())
    for block in shown:
        path = tmp_path / "clinft.yml"
        path.write_text(yaml.safe_dump({**own, **block}, sort_keys=False))
        load_policy(path)

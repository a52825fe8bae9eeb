"""A broken policy is refused at the place of its mistake."""

from pathlib import Path

import pytest

from clinft.spec.load import validate_files
from tests.fakes.broken_specs import KEY, Case, marked

POLICY = """\
version: 1
roles:
  ml: {people: [octocat]}
  privacy: {people: [hubot]}
budgets: {per_run_usd: 50, per_month_usd: 200}
runners:
  local: {}
"""


@pytest.mark.parametrize(
    "case",
    [
        Case("required role without people", "  privacy:", "  clinical:", "roles does not have"),
        Case("login with at sign", "[octocat]", "[§'@octocat']", "login without @", "octocat"),
        Case("runner name", "  local: {}", "  §Local GPU: {}", "not allowed", "Local GPU"),
        Case("unknown key of a role", "{people: [hubot]}", "{§peoples: [hubot]}", "Did you mean `people`?"),
        Case("wrong value below a name of one's own", "  ml: {people: [octocat]}",
             "  ml: {}\n  jane-roe-1950: {approvals: §many}", "`roles.#.approvals` must be", "jane-roe"),
        Case("unknown key of a runner", "local: {}", "local: {§lables: []}", "Did you mean `labels`?"),
        Case("no budgets", "budgets: {per_run_usd: 50, per_month_usd: 200}\n", "", "`budgets` is missing"),
        Case("negative budget", "per_run_usd: 50", "per_run_usd: §-50", "at least 0"),
        Case("key", "[hubot]", f"[hubot]  # §{KEY}\n   ", "looks like", KEY),
    ],
    ids=lambda c: c.what,
)  # fmt: skip
def test_a_mistake_in_the_policy_is_named(tmp_path: Path, case: Case) -> None:
    text, places = marked(POLICY.replace(case.old, case.new))
    path = tmp_path / "clinft.yml"
    path.write_text(text)
    problems = validate_files([path])
    shown = "\n".join(map(str, problems))
    assert [(p.line, p.column) for p in problems] == (places or [(1, 1)])
    assert case.says in shown
    assert not case.planted or case.planted not in shown

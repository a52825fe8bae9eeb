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
FACTS = "eligibility: {owner: Privacy Office, review_by: '2027-03-01'}"
DIGEST = "7f" * 32
WAIVER = (
    "waivers:\n"
    "  - project: wound-notes\n"
    "    finding: 0123456789abcdef\n"
    f"    file_sha256: {DIGEST}\n"
    "    reason: an eponym\n"
    "    owner: hubot\n"
    "    given: '2026-11-26'\n"
    "    expires: '2027-01-31'\n"
)


def added(what: str, text: str, says: str, planted: str = "") -> Case:
    """Sections after the others."""
    return Case(what, "  local: {}\n", f"  local: {{}}\n{text}\n", says, planted)


def waived(what: str, old: str, new: str, says: str, planted: str = "") -> Case:
    return added(what, WAIVER.replace(old, new), says, planted)


def facts(what: str, old: str, new: str, says: str, planted: str = "") -> Case:
    return added(what, f"providers:\n  openai: {{{FACTS.replace(old, new)}}}", says, planted)


def server(what: str, url: str, planted: str = "") -> Case:
    text = f"mcp_servers:\n  trainer: {{url: §{url}, {FACTS}}}"
    return added(what, text, "`mcp_servers.trainer.url` is not written as it must be", planted)


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
        facts("date in other form", "'2027-03-01'", "§01.03.2027", "`providers.#.eligibility.review_by`", "01.03"),
        facts("day that does not exist", "'2027-03-01'", "§'2026-02-30'", "`providers.#.eligibility.review_by`", "02-30"),
        facts("month that does not exist", "'2027-03-01'", "§2026-13-01", "review_by` is not valid", "2026-13"),
        facts("date with a time", "'2027-03-01'", "§2027-03-01T00:00", "is not written as it must be", "T00"),
        facts("facts without a day", ", review_by: '2027-03-01'", "", "`providers.#.eligibility.review_by` is missing")
        ._replace(new="  local: {}\nproviders:\n  openai: {§eligibility: {owner: Privacy Office}}\n"),
        facts("agreement that is no date", "owner:", "baa_signed: §signed, owner:", "baa_signed` is not", "signed,"),
        facts("region in capitals", "owner:", "regions: [us, §US-East], owner:", "An entry of", "US-East"),
        facts("unknown fact", "owner:", "§baa: true, owner:", "does not know this key"),
        added("unlisted provider name", "providers:\n  §modal: {}", "clinft", "modal"),
        server("no TLS", "http://evil.example/train", "evil.example"),
        server("a user in the address", "https://jane:pw@evil.example/", "jane"),
        server("a query", "'https://evil.example/train?v=2'", "v=2"),
        server("a fragment", "'https://evil.example/#abcd'", "abcd"),
        server("a way up", "https://evil.example/a/%2e%2e", "evil.example"),
        server("host in capitals", "https://Evil.example/", "Evil"),
        server("no host", "https:///train"),
        server("another scheme", "file:///etc/passwd", "passwd"),
        added("server without facts", "mcp_servers:\n  §trainer: {url: 'https://mcp.example.org/'}",
              "`mcp_servers.trainer.eligibility` is missing", "mcp.example.org"),
        added("endpoint of an unlisted provider",
              f"endpoints:\n  east: {{provider: §azure_openai, url: 'https://x.example.org', {FACTS}}}",
              "not listed under providers", "x.example.org"),
        added("endpoint of nobody's provider",
              f"endpoints:\n  east: {{provider: §modal, url: 'https://x.example.org', {FACTS}}}", "Allowed: peft", "modal"),
        added("consent to an unknown sink", "consents: {before_merge: [§jane-roe]}", "a sink that sinks does not have",
              "jane-roe"),
        added("sink of another kind", f"sinks:\n  ml: {{kind: §teams, description: ML, {FACTS}}}", "Allowed: slack",
              "teams"),
        added("sink with a target of its own",
              f"sinks:\n  ml: {{kind: slack, §webhook: 'https://evil.example', description: ML, {FACTS}}}",
              "does not know this key", "evil.example"),
        waived("waiver without an end", "", "", "`waivers.expires` is missing")
        ._replace(new="  local: {}\n" + WAIVER.replace("    expires: '2027-01-31'\n", "").replace("- project:", "- §project:")),
        waived("waiver until a day that does not exist", "'2027-01-31'", "§'2027-02-29'", "`waivers.expires` is not",
               "02-29"),
        waived("waiver of more than 90 days", "given: '2026-11-26'\n    expires: '2027-01-31'", "given: '2026-11-26'\n    expires: §'2027-02-25'",
               "up to 90 days later"),
        waived("waiver that ends before it begins", "given: '2026-11-26'\n    expires: '2027-01-31'",
               "given: '2026-11-26'\n    expires: §'2026-11-25'", "up to 90 days later"),
        added("safeguard of another name",
              "safeguards:\n  facts:\n    §good-intentions: {state: met, statement: yes we do, owner: IT, date: '2026-11-01'}",
              "there is no safeguard of this name", "good-intentions"),
        added("area twice", "safeguards:\n  §doctor: {date: '2026-11-26', ok: [branch], wrong: [branch]}",
              "an area stands in two lists"),
        added("pattern that cannot be read", "audit:\n  patterns:\n    - {name: visit-code, pattern: §'V-[0-9'}",
              "no regular expression"),
        added("pattern that matches everywhere", "audit:\n  patterns:\n    - {name: visit-code, pattern: §'V?[0-9]*'}",
              "matches the empty text"),
        added("floor of nothing", "audit: {sensitivity_floor: §0.1}", "`audit.sensitivity_floor`"),
        waived("finding in capitals", "0123456789abcdef", "§0123456789ABCDEF", "`waivers.finding` is not", "ABCDEF"),
        waived("finding that is too long", "0123456789abcdef", "§0123456789abcdef0", "`waivers.finding` is not", "cdef0"),
        waived("digest cut short", DIGEST, "§" + DIGEST[:-1], "`waivers.file_sha256` is not", DIGEST[:-1]),
        waived("digest of digits without quotes", DIGEST, "§" + "7" * 64, "Put it in quotes", "777"),
        waived("finding of digits without quotes", "0123456789abcdef", "§1234567890123456", "must be text", "12345678"),
        waived("finding that is a number", "0123456789abcdef", "§1234567e90123456", "Put it in quotes", "1234567e"),
        waived("owner with at sign", "hubot", "§'@hubot'", "`waivers.owner` is not", "@hubot"),
        waived("waiver of two lines", "an eponym", '§"an\\neponym"', "`waivers.reason` is not", "eponym"),
        added("a person in place of the bot", "commit_back: {author: §octo-person}", "`commit_back.author` is not",
              "octo-person"),
        added("a bot without a name", "commit_back: {author: §'[bot]'}", "`commit_back.author` is not"),
        added("a bot in a role", "projects: {wound-notes: {roles: {ml: {people: [§'dependabot[bot]']}}}}",
              "login without @", "dependabot"),
        added("another way back", "commit_back: {mode: §force}", "Allowed: pull_request or push", "force"),
        added("required role that no role defines", "projects: {wound-notes: {required_roles: [ml, §clinical]}}",
              "`projects.#.required_roles`: required_roles names a role that roles does not have", "clinical"),
        added("no required role", "projects: {wound-notes: {§required_roles: []}}", "at least 1", ""),
        added("project name", "projects: {§Jane Roe: {}}", "This name in `projects` is not allowed", "Jane"),
        added("negative limit of a project", "projects: {wound-notes: {per_run_usd: §-3.25}}", "at least 0", "3.25"),
        Case("rise that is no number", "per_month_usd: 200", "per_month_usd: 200, max_increase_percent: §50%",
             "whole number", "50%"),
        Case("falling prices only", "per_month_usd: 200", "per_month_usd: 200, max_increase_percent: §-1", "at least 0"),
        Case("nobody needs to approve", "{people: [hubot]}", "{people: [hubot], approvals: §0}", "at least 1"),
        added("weights that die at once", "retention: {weights_days: §0}", "at least 1"),
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


def sink(**keys: str) -> str:
    listed = "".join(f"    {key}: {value}\n" for key, value in keys.items())
    return f"{POLICY}sinks:\n  ml-channel:\n{listed}"


OWNED = FACTS.removeprefix("eligibility: ")


@pytest.mark.parametrize(
    ("keys", "says", "points"),
    [
        ({"kind": "slack", "description": "ML", "channel": "'#ml'", "eligibility": OWNED},
         "`sinks.ml-channel.channel` is not written as it must be", "e.g. C0123456789"),
        ({"kind": "slack", "description": "ML"}, "`sinks.ml-channel.eligibility` is missing", "docs/slack.md"),
        ({"kind": "google_docs", "description": "ML"}, "`sinks.ml-channel.eligibility` is missing", "docs/google.md"),
        ({"kind": "langsmith", "eligibility": OWNED}, "`sinks.ml-channel.description` is missing", "docs/langsmith.md"),
        ({"description": "ML", "eligibility": OWNED}, "`sinks.ml-channel.kind` is missing", "docs/sinks.md"),
        ({"kind": "slack", "description": "ML", "folder": "0AFolderOfASharedDrive", "eligibility": OWNED},
         "`sinks.ml-channel.folder`: a sink of the kind slack has no such key", "slack knows: channel, url"),
        ({"kind": "slack", "description": "ML", "webhook": "https://x.example", "eligibility": OWNED},
         "does not know this key in `sinks.ml-channel`", "bound to hosts"),
        ({"kind": "google_docs", "description": "ML", "documents": "{Model Card: 0123456789abc}", "eligibility": OWNED},
         "This name in `sinks.ml-channel.documents`", "icd10-chapter/model_card"),
        ({"kind": "google_docs", "description": "ML", "folder": "https://drive.google.com/x", "eligibility": OWNED},
         "`sinks.ml-channel.folder` is not written", "not the whole address"),
        ({"kind": "slack", "description": "ML", "url": "slack.com", "eligibility": OWNED},
         "`sinks.ml-channel.url` is not written", "https:// with one host"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_sink_names_the_sink_and_an_example_of_its_kind(
    tmp_path: Path, keys: dict[str, str], says: str, points: str
) -> None:
    path = tmp_path / "clinft.yml"
    path.write_text(sink(**keys))
    (found,) = validate_files([path])
    assert says in str(found)
    assert points in str(found)
    assert "projects/." not in str(found)
    assert "clinft new" not in str(found)


@pytest.mark.parametrize(
    "name",
    [
        *("123-45-6789", "mrn-48213377-jane@example.com", "Jane Roe"),
        # A date, a record's number; keys of Azure and LangSmith, of a webhook, a UUID.
        *(
            "1961-02-03",
            "patient-48213377",
            "0f3a9c5e7b1d2f4a6c8e0b2d4f6a8c1e",
            "kq2hd8fj3lsm9wnx",
            "b2kqzhdwfjxlsmpw",
        ),
        *("hook-qzhdwfjx2lsmpwvnb", "3f2b9c1a-7d4e-4b8a-9c6d-1e5f7a2b8c3d"),
    ],
)
def test_a_name_that_looks_like_something_else_is_not_shown(tmp_path: Path, name: str) -> None:
    path = tmp_path / "clinft.yml"
    path.write_text(sink(kind="slack").replace("ml-channel", f"'{name}'"))
    problems = validate_files([path])
    assert problems
    assert name not in "".join(map(str, problems))


@pytest.mark.parametrize("name", ["ml-channel", "gpu-a100-80gb", "eu-west-2-runner-01", "team-2026"])
def test_a_name_that_people_would_give_is_shown(tmp_path: Path, name: str) -> None:
    path = tmp_path / "clinft.yml"
    path.write_text(sink(kind="slack").replace("ml-channel", name))
    assert f"`sinks.{name}." in "".join(map(str, validate_files([path])))

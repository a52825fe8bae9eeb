"""Which steps of the workflows are given a secret besides the token. The table is whole, as in test_workflows_on_main.py."""

import re

from tests.fakes.workflows import jobs, texts

# Who is given a secret besides the token: whoever asks a provider, which is never a machine of the team.
KEYS = {("run.yml", "hosted", "clinft train --started"), ("reconcile.yml", "reconcile", "clinft reconcile")}
# Who is given the keys of places that people read, and nobody else's.
SINK_KEYS = {("notify.yml", "notify", "clinft notify"), ("reconcile.yml", "sinks", "clinft notify")}


def test_no_secret_but_the_token_reaches_any_other_step() -> None:
    given = {
        (file, name, step.get("run"))
        for file, name, job in jobs()
        for step in job.get("steps", ())
        if "secrets" in "\n".join(texts(step))
    }
    assert given == KEYS | SINK_KEYS
    elsewhere = [
        (file, name)
        for file, name, job in jobs()
        for key, value in job.items()
        if key not in ("steps", "secrets") and "secrets." in "\n".join(texts(value))
    ]
    assert elsewhere == []
    for keys, environment, secret in ((KEYS, "providers", "KEYS"), (SINK_KEYS, "sinks", "SINK_KEYS")):
        places = {(file, name) for file, name, _ in keys}
        for job in (job for file, name, job in jobs() if (file, name) in places):
            assert (job["runs-on"], job["environment"]) == ("ubuntu-latest", environment)
            text = "\n".join(texts(job))
            assert re.findall(r"secrets\.(\w+)", text) == [f"CLINFT_{secret}"]


def test_secrets_are_handed_on_to_the_run_alone() -> None:
    """The repository has none of its own: what arrives is what the environment of the called job holds."""
    assert [(file, name, job["secrets"]) for file, name, job in jobs() if "secrets" in job] == [
        ("train.yml", "run", "inherit")
    ]

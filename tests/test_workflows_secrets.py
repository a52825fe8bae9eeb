"""Which steps of the workflows are given a secret besides the token. The table is whole, as in test_workflows_on_main.py."""

from tests.fakes.workflows import jobs, texts

# Who is given a secret besides the token: whoever asks a provider, which is never a machine of the team.
KEYS = {("run.yml", "hosted", "clinft train --started"), ("reconcile.yml", "reconcile", "clinft reconcile")}


def test_no_secret_but_the_token_reaches_any_other_step() -> None:
    given = {
        (file, name, step.get("run"))
        for file, name, job in jobs()
        for step in job.get("steps", ())
        if "secrets" in "\n".join(texts(step))
    }
    assert given == KEYS
    elsewhere = [
        (file, name)
        for file, name, job in jobs()
        for key, value in job.items()
        if key not in ("steps", "secrets") and "secrets." in "\n".join(texts(value))
    ]
    assert elsewhere == []
    for file, name, job in jobs():
        if (file, name) in {(file, name) for file, name, _ in KEYS}:
            assert (job["runs-on"], job["environment"]) == ("ubuntu-latest", "providers")


def test_secrets_are_handed_on_to_the_run_alone() -> None:
    """The repository has none of its own: what arrives is what the environment of the called job holds."""
    assert [(file, name, job["secrets"]) for file, name, job in jobs() if "secrets" in job] == [
        ("train.yml", "run", "inherit")
    ]

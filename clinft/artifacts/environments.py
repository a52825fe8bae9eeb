"""The environments of GitHub Actions that our workflows name; secrets lie in these and nowhere else.

`train` is where machines of the team work, and holds no secret. `providers` is where a job on a machine of
GitHub asks somebody else, and holds the keys.
"""

TRAIN, PROVIDERS = "train", "providers"
# Whose jobs name them. It is called by train.yml: GitHub's job_workflow_ref and runner groups say this one.
WORKFLOW = ".github/workflows/run.yml"
# reconcile.yml names the second one every hour, so both are wanted whatever the policy lists.
ENVIRONMENTS = (TRAIN, PROVIDERS)
KEYS = "CLINFT_KEYS"

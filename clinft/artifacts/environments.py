"""The environments of GitHub Actions that our workflows name; secrets lie in these and nowhere else.

`train` is where machines of the team work, and holds no secret. `providers` is where a job on a machine of
GitHub asks somebody else, and holds the keys. `sinks` is where one speaks to people outside, with other keys.
"""

TRAIN, PROVIDERS, SINKS = "train", "providers", "sinks"
# Whose jobs name them. It is called by train.yml: GitHub's job_workflow_ref and runner groups say this one.
WORKFLOW = ".github/workflows/run.yml"
# Workflows name them whatever the policy lists; the first job that does makes a missing one, for any branch.
ENVIRONMENTS = (TRAIN, PROVIDERS, SINKS)
KEYS, SINK_KEYS = "CLINFT_KEYS", "CLINFT_SINK_KEYS"

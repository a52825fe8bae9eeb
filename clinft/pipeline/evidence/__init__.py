"""`clinft evidence`: one run as a folder that somebody else can check offline, and the check itself.

The folder, called out/ here, holds

    SHA256SUMS            every other file but the signature
    SHA256SUMS.sig        where it was signed
    VERIFY.md             how to check it, for people
    WEIGHTS.SHA256SUMS    of the weights, which are not in it; absent for a hosted model
    statement.json        in-toto Statement v1 over the whole chain
    policy.yml            where the policy that decided still lies in the repository
    <project>/domain.yaml             where the audited domain pack still lies in the project
    <project>/runs/<run_id>/...       the run's committed files, byte for byte
"""

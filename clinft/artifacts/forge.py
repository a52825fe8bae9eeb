"""What GitHub says about a pull request, as plain values: read by an adapter, judged by the gate."""

from typing import Literal

from pydantic import Field

from clinft.spec.base import Strict

ReviewState = Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"]


class Review(Strict):
    """`person` is a login in lower case; GitHub compares logins without case."""

    id: int
    person: str
    is_bot: bool
    state: ReviewState
    commit: str | None = Field(description="The head when it was given; None where GitHub has lost it.")
    at: str = Field(description="ISO time; the later of two reviews of one person counts.")
    has_text: bool = Field(description="Whether a reason was written; the text stays on GitHub.")


class PullCommit(Strict):
    """`people`: logins of author and committer. `unknown`: a name without a GitHub account took part."""

    sha: str
    people: tuple[str, ...]
    unknown: bool


class Check(Strict):
    name: str
    conclusion: str | None = Field(description="None while it runs.")
    app: str | None


class Status(Strict):
    context: str
    state: str
    description: str
    creator: str


class PullRequest(Strict):
    number: int
    author: str
    author_is_bot: bool
    from_fork: bool
    base_ref: str
    head_ref: str
    head_sha: str
    merged: bool
    merge_sha: str | None = Field(description="The commit that the merge left on the base branch.")
    reviews: tuple[Review, ...]
    commits: tuple[PullCommit, ...]
    checks: tuple[Check, ...] = Field(description="The newest run of each name on the head.")
    statuses: tuple[Status, ...] = Field(description="The newest of each context and creator on the head.")

    @property
    def authors(self) -> frozenset[str]:
        """Lower-case logins of whoever opened it or has a commit in it."""
        people = {self.author, *(person for commit in self.commits for person in commit.people)}
        return frozenset(person.lower() for person in people)

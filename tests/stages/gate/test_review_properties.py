"""What holds for every set of people, roles and reviews, whatever was thought of or not."""

from collections.abc import Mapping, Sequence
from itertools import count as numbers
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.forge import Review
from clinft.spec.policy import Role
from clinft.stages.gate.reviews import Counted
from tests.fakes.reviews import OTHER, PLAN, commit, counted, filled, review

PEOPLE = ("ada", "bob", "cy", "dee", "eve")
OUTSIDER, WRITER, AUTHOR = "zoe", "eve", "mara"
NAMES = ("ml", "privacy", "clinical")
COMMITS = (commit("c1", AUTHOR), commit("c2", WRITER), commit("readme", "dee"))
PLANS = {"c1": OTHER, "c2": PLAN, "readme": PLAN}
STATES = ("APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING")
MOMENTS = ("2026-11-24T10:00:00+00:00", "2026-11-24T10:00:01+00:00", "2026-11-25T09:00:00+00:00")

roles = st.dictionaries(
    st.sampled_from(NAMES),
    st.sets(st.sampled_from((*PEOPLE, AUTHOR))).map(lambda people: Role(people=tuple(sorted(people)))),
    min_size=1,
)
anybody = st.sampled_from((*PEOPLE, OUTSIDER, AUTHOR))


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Role], dict[str, int], list[Review]]:
    held = draw(roles)
    required = {role: draw(st.integers(1, 3)) for role in draw(st.permutations(sorted(held)))}
    ids = numbers(1)
    said = draw(
        st.lists(
            st.builds(
                lambda person, state, at, sha, bot, text: review(
                    person, state, sha, id=next(ids), at=at, is_bot=bot, has_text=text
                ),
                anybody,
                st.sampled_from(STATES),
                st.sampled_from(MOMENTS),
                st.sampled_from((*PLANS, "lost", None)),
                st.sampled_from((False, False, False, True)),
                st.booleans(),
            ),
            max_size=8,
        )
    )
    return held, required, said


def judged(held: Mapping[str, Role], required: Mapping[str, int], said: Sequence[Review]) -> Counted:
    return counted(*said, commits=COMMITS, plans=PLANS, roles=held, required=required, author=AUTHOR)


def most(held: Mapping[str, Role], slots: Sequence[str], people: frozenset[str]) -> int:
    """The most slots that these people can fill, by trying everything."""
    if not slots:
        return 0
    found = most(held, slots[1:], people)
    for person in people & frozenset(held[slots[0]].people):
        found = max(found, 1 + most(held, slots[1:], people - {person}))
    return found


@settings(max_examples=300, deadline=None)
@given(cases())
def test_nobody_counts_twice_and_only_people_who_may(
    case: tuple[dict[str, Role], dict[str, int], list[Review]],
) -> None:
    held, required, said = case
    by_id = {one.id: one for one in said}
    approvals = judged(held, required, said).approvals
    people = [approval.person for approval in approvals]
    assert len(set(people)) == len(people)
    assert not {AUTHOR, WRITER, OUTSIDER} & set(people)
    for approval in approvals:
        given_ = by_id[approval.review_id or 0]
        assert (given_.person, given_.state, given_.is_bot) == (approval.person, "APPROVED", False)
        assert PLANS.get(given_.commit or "") == PLAN
        assert approval.person in held[approval.role].people
        assert not any(
            other.person == given_.person
            and other.state not in ("COMMENTED", "PENDING")
            and (other.at, other.id) > (given_.at, given_.id)
            for other in said
        )
    for role, wanted in required.items():
        assert sum(approval.role == role for approval in approvals) <= wanted


@settings(max_examples=200, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_in_which_github_lists_reviews_does_not_matter(
    case: tuple[dict[str, Role], dict[str, int], list[Review]], random: Random
) -> None:
    held, required, said = case
    shuffled = list(said)
    random.shuffle(shuffled)
    assert judged(held, required, shuffled) == judged(held, required, said)


@settings(max_examples=200, deadline=None)
@given(
    cases(),
    st.one_of(
        st.builds(review, anybody, st.sampled_from(("COMMENTED", "PENDING"))),
        st.builds(
            review,
            st.sampled_from((OUTSIDER, AUTHOR, WRITER)),
            st.sampled_from(STATES),
            st.sampled_from(sorted(PLANS)),
        ),
        st.builds(lambda state: review("renovate[bot]", state, is_bot=True), st.sampled_from(STATES)),
    ),
    st.sampled_from((0, 99)),
)
def test_a_review_that_says_nothing_changes_no_approval(
    case: tuple[dict[str, Role], dict[str, int], list[Review]], idle: Review, number: int
) -> None:
    held, required, said = case
    more = [*said, idle.model_copy(update={"id": number})]
    assert judged(held, required, more).approvals == judged(held, required, said).approvals


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries({name: st.sets(st.sampled_from(PEOPLE)) for name in NAMES}),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=4),
    st.sets(st.sampled_from(PEOPLE)),
)
def test_as_many_roles_are_filled_as_can_be(
    people: dict[str, set[str]], slots: list[str], approving: set[str]
) -> None:
    held = {name: Role(people=tuple(sorted(some))) for name, some in people.items()}
    required = {name: slots.count(name) for name in dict.fromkeys(slots)}
    found = counted(*map(review, sorted(approving)), roles=held, required=required)
    assert len(found.approvals) == most(held, slots, frozenset(approving))
    assert all(person in approving for _, person in filled(found))
    # A note about one person in two roles is given only where a role stays open.
    open_ = {role for role, wanted in required.items() if sum(r == role for r, _ in filled(found)) < wanted}
    assert {reason.role for reason in found.reasons if reason.code == "CLINFT-G016"} <= open_

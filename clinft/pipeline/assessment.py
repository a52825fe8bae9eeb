"""The assessment of one project: what the stage is given, whom it may ask, and what that may cost.

A provider is asked on a laptop alone, by a person who was told the most it may cost; never in a pull
request's checks and never by a workflow.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_UP, Decimal
from functools import cache
from itertools import islice

from clinft import run_folder
from clinft.artifacts.data import Record
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.planning import BaseModelIdentity
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline import costs, prices
from clinft.pipeline.context import Context
from clinft.pipeline.driver import NotRun, Produced
from clinft.pipeline.hosted_model import answering
from clinft.pipeline.plan import identify
from clinft.ports.models import LanguageModel
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt
from clinft.spec.reached import agreed_price, endpoint_of
from clinft.stages.assess import stage as assess
from clinft.stages.assess.asking import Prices
from clinft.stages.assess.ladder import Sources, ladder
from clinft.stages.assess.neighbours import MOST_RECORDS
from clinft.stages.audit import engine
from clinft.stages.audit.severity import BLOCKING
from clinft.stages.report import numbers
from clinft.stages.report.break_even_plot import monthly_cost

# Word for word what was answered, so below data/. Kept: a changed cost in the spec asks nothing again.
ANSWERS = "hosted-answers.jsonl"
# In data/work: cost of a month by requests, prompt against tuned model.
PLOT = "break_even.svg"
CENT = Decimal("0.01")
ELSEWHERE = (
    "the base model is hosted: asking it costs money, so `clinft assess PROJECT --yes` does it on a laptop, "
    "and nothing else does"
)


def measure(context: Context) -> Produced | NotRun:
    """The stage's work."""
    identity, sources = identify(context), sources_of(context)
    dev, sha256 = context.read_split("dev")
    loaded, progress = context.loaded, context.services.progress
    if identity.kind != "hosted":
        model = context.services.models.open(identity)
        made = assess.assess(loaded.spec, loaded.prompt, dev, sha256, model, progress, sources)
        return _produced(context, made, {})
    if context.agrees is None or context.mode != "local":
        return NotRun(ELSEWHERE)
    model = answering(context, identity.ref, context.paths.work / ANSWERS)
    paid = _Paid(context, model, prices_of(context, identity))
    most = paid.most(assess.bill(loaded.spec, loaded.prompt, dev, model, sources))
    told = f"{identity.ref} at {loaded.spec.training.provider}: {most}"
    if not context.agrees(told):
        return NotRun(f"Nothing was asked. {told} Call it again with --yes to ask.")
    _refuse_unclean(context, _sent(loaded.spec, loaded.prompt, dev, sources))
    made = assess.assess(
        loaded.spec,
        loaded.prompt,
        dev,
        sha256,
        model,
        progress,
        sources,
        paid.prices,
        hosted=True,
        after_each=paid.stop_above,
    )
    return _produced(context, made, paid.measured())


def sources_of(context: Context) -> Sources:
    """The first records of the training split, and what the audit's rules say of one text."""
    context.check_split("train")
    train = islice(iter_models(context.split_path("train"), Record), MOST_RECORDS)
    return Sources(tuple(train), clean_by(context))


def clean_by(context: Context) -> Callable[[str], bool]:
    @cache
    def rules() -> engine.Engine:
        return engine.of(context.policy.audit)

    return lambda text: all(find.severity(False) == "INFO" for find in rules().finds(text))


def proposal_of(context: Context, payload: PromptAssessment) -> str:
    """The recommended prompt.md, made again from the present spec and prompt; asks no model."""
    loaded = context.loaded
    return assess.recommended(loaded.spec, loaded.prompt, payload, sources_of(context))


def prices_of(context: Context, identity: BaseModelIdentity) -> Prices:
    """Of questions and answers, not older than the policy allows; SpecError where one is not known.

    The tables price the tuned model, which costs no less to ask than its base model.
    """
    training, today = context.loaded.spec.training, context.services.clock.now().date()
    found = costs.prices_for(context.policy, training)
    if found.input is None or found.output is None:
        raise SpecError(
            f"What asking {identity.ref} costs is not known, so no bound can be kept.",
            "No row of clinft/tables/prices.yaml says it, and the policy does not.",
            "Have price.usd_per_million_input_tokens and usd_per_million_output_tokens written at the "
            "endpoint in .github/clinft.yml; 0 only where nothing is charged.",
        )
    prices.check_age((found.input, found.output), today, context.policy.budgets.max_price_age_days)
    region = (
        endpoint.region if (endpoint := endpoint_of(context.policy, training)) else None
    ) or training.region
    cached = prices.price_of("cached_input", training.provider, training.base_model, None, region)
    agreed = agreed_price(context.policy, training) is not None
    # A cached token's share of a price that was agreed is not the table's to say.
    return Prices(found.input, found.output, None if agreed else cached)


class _Paid:
    """What this call pays: answers that the journal had before are not paid again."""

    def __init__(self, context: Context, model: LanguageModel, asked_at: Prices) -> None:
        self.prices, self._model = asked_at, model
        self._bound = context.policy.per_run_usd(context.name)
        self._before = model.used

    def most(self, bill: assess.Bill) -> str:
        """In words; PolicyViolation where the policy allows less for one run."""
        usd = self.prices.of(bill.prompt_tokens, bill.completion_tokens)
        assert usd is not None, "prices_of has seen to it"
        assert self.prices.input is not None
        if usd > self._bound:
            raise PolicyViolation(
                f"Asking every rung may cost {_usd(usd)}; the policy allows {_usd(self._bound)} for one run.",
                f"There are {bill.questions:,} questions (budgets.per_run_usd bounds an assessment, too).",
                "List fewer prompt.strategies, make the dev split smaller, or have the limit raised.",
            )
        return (
            f"{bill.questions:,} questions cost at most {_usd(usd)} ({bill.prompt_tokens:,} prompt and "
            f"{bill.completion_tokens:,} completion tokens, prices as of {self.prices.input.as_of}); the "
            f"policy allows {_usd(self._bound)}."
        )

    def stop_above(self) -> None:
        """A provider may count more tokens than we do."""
        usd = self._usd()
        if usd > self._bound:
            raise PolicyViolation(
                f"Asking has cost {_usd(usd)}, more than the {_usd(self._bound)} that the policy allows.",
                "The provider counts more tokens than were reckoned with, such as hidden reasons.",
                "List fewer prompt.strategies. Answers so far are kept and not asked again.",
            )

    def measured(self) -> dict[str, float | int | str]:
        prompt, completion = self._used()
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "cost_usd": float(self._usd()),
        }

    def _used(self) -> tuple[int, int]:
        return self._model.used[0] - self._before[0], self._model.used[1] - self._before[1]

    def _usd(self) -> Decimal:
        usd = self.prices.of(*self._used())
        assert usd is not None, "prices_of has seen to it"
        return usd


def _refuse_unclean(context: Context, texts: Iterable[str]) -> None:
    """The audit comes later in a run; what leaves before it is searched by its rules here.

    Brought files were audited when they were frozen, so that they are no records of real people.
    """
    rules = engine.of(context.policy.audit)
    found = sum(any(find.severity(False) in BLOCKING for find in rules.finds(text)) for text in texts)
    if found:
        raise PolicyViolation(
            f"{found:,} of the texts that would be sent hold what the audit calls an identifier.",
            "Prompt and notes would leave this machine, so nothing is sent.",
            f"Run `clinft audit {context.loaded.path}` and settle what it finds.",
        )


def _sent(spec: ProjectSpec, prompt: Prompt, dev: Sequence[Record], sources: Sources) -> dict[str, None]:
    """Every text once, in the order of sending."""
    asked = (one.ask(record) for one in ladder(spec, prompt, sources) for record in dev)
    return dict.fromkeys(turn.content for turns in asked for turn in turns)


def _produced(context: Context, made: assess.Assessed, measured: dict[str, float | int | str]) -> Produced:
    """Where there is a break-even, its plot lies beside the result, made again from it and never kept."""
    plot = context.paths.work / PLOT
    if made.payload.break_even is None:
        plot.unlink(missing_ok=True)
    else:
        run_folder.write_atomically(plot, monthly_cost(made.payload.break_even).encode())
    seconds = {f"seconds of {name}": round(spent, 3) for name, spent in made.seconds.items()}
    return Produced(made.payload, measured={**seconds, **measured})


def _usd(amount: Decimal) -> str:
    """Never rounded to look lower."""
    return numbers.usd(amount.quantize(CENT, ROUND_UP))

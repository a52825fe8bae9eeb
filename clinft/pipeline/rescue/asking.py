"""Each held-out text once to the old model; each answer into the journal before the next question."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import local

from clinft.artifacts.data import Message
from clinft.pipeline.rescue.journal import Journal
from clinft.ports.models import Conversation, LanguageModel
from clinft.ports.progress import Progress

# At a kill no more answers than these are under way, and may have been paid for without being read.
AT_ONCE = 4


class _Quiet:
    def advance(self, amount: int = 1, **fields: str | float) -> None:
        """The whole of the questions has a bar of its own."""


def question(system: str, text: str) -> Conversation:
    """As the model was trained to be asked: its own system prompt, letter for letter."""
    return (Message(role="system", content=system), Message(role="user", content=text))


def ask(
    texts: Sequence[str],
    system: str,
    journal: Journal,
    open_model: Callable[[], LanguageModel],
    longest: int,
    now: Callable[[], str],
    progress: Progress,
) -> int:
    """Asks what the journal does not hold; how many those were. ServiceError: what was answered is kept."""
    missing = journal.missing(texts)
    if not missing:
        return 0
    mine = local()

    def one(text: str) -> None:
        # A model counts what it used, so each thread has one of its own.
        model: LanguageModel | None = getattr(mine, "model", None)
        if model is None:
            model = mine.model = open_model()
        before = model.used
        (answer,) = model.generate([question(system, text)], longest, _Quiet())
        used = (model.used[0] - before[0], model.used[1] - before[1])
        journal.add(text, answer, now(), used)

    done = len(texts) - len(missing)
    with (
        progress.task("answers of the old model", len(texts), done) as task,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        asked = [pool.submit(one, text) for text in missing]
        try:
            for each in as_completed(asked):
                each.result()
                task.advance()
        except BaseException:
            # What is not asked yet is not paid for; what is under way is waited for and kept.
            pool.shutdown(cancel_futures=True)
            raise
    return len(missing)

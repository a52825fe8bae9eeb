"""A preview for a person: where a message goes, whether it is new, and what people would read there."""

from collections.abc import Iterator, Mapping

from clinft.adapters.sinks.slack import memory as remembered
from clinft.adapters.sinks.slack.blocks import Block, Message, milestone_message
from clinft.adapters.sinks.slack.memory import UNKNOWN
from clinft.adapters.sinks.slack.states import headline_of, states_of
from clinft.adapters.sinks.slack.text import unescaped
from clinft.adapters.sinks.slack.webhook import told
from clinft.ports.sinks import Milestone

NOTHING = "nothing new: exactly this stands there already"


def of_bot(milestone: Milestone, memory: Mapping[str, str], channel: str) -> str:
    known, message = remembered.known(memory, channel, milestone), milestone_message(milestone)
    if known.digest == message.digest:
        return NOTHING
    if known.message is not None and known.message != UNKNOWN:
        how = "an update of the message that stands there"
    elif known.thread is None:
        headline = headline_of(milestone, states_of(known, milestone, message))
        how = f"a new message below a new headline, {_title(headline)}"
    else:
        how = "a new message in the same thread"
    return _page(f"To the channel {channel}, {how}:", message)


def of_webhook(milestone: Milestone, memory: Mapping[str, str]) -> str:
    digest, before = milestone_message(milestone).digest, told(milestone, memory)
    if before == digest:
        return NOTHING
    how = "a new message" if before is None else "one more message, marked as an update"
    message = milestone_message(milestone, updated=before is not None)
    return _page(f"By the incoming webhook, {how}:", message)


def _page(where: str, message: Message) -> str:
    return "\n".join([where, *(f"  {line}" for block in message.blocks for line in _lines(block))])


def _title(headline: Message) -> str:
    return f"“{next(_lines(headline.blocks[0]))}”"


def _lines(block: Block) -> Iterator[str]:
    match block["type"]:
        case "actions":
            for button in block["elements"]:
                yield f"[{unescaped(button['text']['text'])}] {button['url']}"
        case "context":
            yield from (unescaped(element["text"]) for element in block["elements"])
        case _:
            yield from unescaped(block["text"]["text"]).splitlines()

"""Records plus the committed prompt → chat conversations: the exact text that is trained and sent."""

import json
from collections.abc import Iterable, Iterator

from clinft.artifacts.data import Message, Record
from clinft.spec.prompt import Prompt


def conversation(prompt: Prompt, text: str, few_shot_examples: int = 0) -> tuple[Message, ...]:
    """System prompt, the first `few_shot_examples` examples as turns, and the text to answer."""
    messages = [Message(role="system", content=prompt.system)]
    for example in prompt.examples[:few_shot_examples]:
        messages.append(Message(role="user", content=example.input))
        messages.append(Message(role="assistant", content=example.output))
    messages.append(Message(role="user", content=text))
    return tuple(messages)


def training_line(prompt: Prompt, record: Record) -> str:
    """One line of the training file: OpenAI's chat format, answer last, no examples."""
    messages = [*conversation(prompt, record.text), Message(role="assistant", content=record.target)]
    return json.dumps({"messages": [message.model_dump() for message in messages]}, ensure_ascii=False)


def training_lines(prompt: Prompt, records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        yield training_line(prompt, record)

"""A channel and a bot token: one thread for each plan, one message for each step, both changed in place.

The headline of a thread is made from what stands in it, not from what one run remembers: after every change
it is compared once more, so that it is right whichever of two publishers comes last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from clinft.adapters.sinks.slack import memory as remembered
from clinft.adapters.sinks.slack.blocks import Message, milestone_message
from clinft.adapters.sinks.slack.calls import MILESTONE, THREAD, Seen, milestone_tags, thread_tags
from clinft.adapters.sinks.slack.channel import Channel
from clinft.adapters.sinks.slack.errors import DELETED, Refused, in_words
from clinft.adapters.sinks.slack.memory import LOST, MAYBE, UNKNOWN, Known, Stamp, Where
from clinft.adapters.sinks.slack.states import headline_of, states_of, states_told
from clinft.errors import ClinftError
from clinft.ports.sinks import Milestone, Receipt

ROUNDS = 3


@dataclass(frozen=True)
class Told:
    stamp: Stamp
    changed: bool
    what: str


class Bot:
    """Keeps where threads are, for one run: a message that fails leaves no second headline behind."""

    def __init__(self, name: str, channel: Channel) -> None:
        """`name`: the channel's id."""
        self._name, self._channel = name, channel
        self._threads: dict[str, Where] = {}

    def foreseen(self, milestone: Milestone, memory: Mapping[str, str]) -> Mapping[str, str]:
        """Nothing where the channel may be read: there it is looked for."""
        digest = milestone_message(milestone).digest
        if remembered.known(memory, self._name, milestone).digest == digest or self._channel.may_be_read():
            return {}
        return remembered.sending_is(milestone, digest)

    def send(self, milestone: Milestone, memory: Mapping[str, str]) -> Receipt:
        known = remembered.known(memory, self._name, milestone)
        message = milestone_message(milestone)
        states = states_of(known, milestone, message)
        if known.digest == message.digest and known.headline == headline_of(milestone, states).digest:
            return Receipt(False, f"{milestone.kind}: nothing new")
        known = replace(known, states=states)
        try:
            return self._send(milestone, message, known)
        except Refused as found:
            refusal = found
        raise in_words(refusal)

    def _send(self, milestone: Milestone, message: Message, known: Known) -> Receipt:
        top = self._thread(milestone, known)
        try:
            told = self._message(milestone, message, known, top.stamp)
        except Refused:
            # Somebody deleted the thread: the rest of the plan is told in a new one.
            self._threads[milestone.thread] = None
            known = Known(states=known.states, sending=known.sending)
            top = self._thread(milestone, known)
            told = self._message(milestone, message, known, top.stamp)
        remember = {
            **remembered.thread_is(milestone, self._name, top.stamp),
            **remembered.message_is(milestone, told.stamp, message.digest),
            **remembered.step_is(milestone),
            **remembered.headline_is(milestone, top.digest),
            **(remembered.sending_is(milestone, "") if known.sending else {}),
        }
        updates, mended = (0, {}) if top.stamp == UNKNOWN else self._mend_headline(milestone, known, top)
        changed = told.changed or top.posted or updates > 0
        certain = told.stamp != UNKNOWN or not told.changed
        return Receipt(changed, f"{milestone.kind}: {told.what}", remember=remember | mended, certain=certain)

    def _thread(self, milestone: Milestone, known: Known) -> Seen:
        """The headline; where its answer was lost and cannot be looked for, messages stand by themselves."""
        thread, stamp = milestone.thread, self._threads.get(milestone.thread, known.thread)
        if stamp is not None and stamp != UNKNOWN:
            return Seen(stamp, THREAD, {"digest": known.headline})
        # Where an earlier call broke off, its headline may be there as well.
        if (stamp == UNKNOWN or known.sending) and self._channel.thread(thread) is None:
            return Seen(UNKNOWN, THREAD, {})
        top = headline_of(milestone, known.states)
        seen = self._channel.post(top, THREAD, thread_tags(thread), lambda: self._channel.thread(thread))
        self._threads[thread] = seen.stamp
        return seen

    def _message(self, milestone: Milestone, message: Message, known: Known, top: Stamp) -> Told:
        """Refused: the thread is gone."""
        tags = milestone_tags(milestone)
        same_alone = False
        if known.digest == message.digest:
            return Told(known.message or UNKNOWN, False, "stands there already")
        if known.message is not None and known.message != UNKNOWN:
            try:
                self._channel.update(known.message, message, MILESTONE, tags)
            except Refused:
                # Deleted, or too old to be changed: what is new is told in a message of its own.
                same_alone = True
            else:
                return Told(known.message, True, "message updated")
        thread = None if top == UNKNOWN else top

        def there() -> list[Seen] | None:
            found = self._channel.replies(thread) if thread else None
            return None if found is None else [one for one in found if tells(one)]

        def tells(one: Seen) -> bool:
            is_it = one.event == MILESTONE and one.tags.get("key") == milestone.key
            return is_it and (not same_alone or one.digest == message.digest)

        if known.sending == message.digest and there() is None:
            return Told(UNKNOWN, True, MAYBE)
        seen = self._channel.post(message, MILESTONE, tags, there, thread)
        if seen.stamp == UNKNOWN:
            return Told(UNKNOWN, True, LOST)
        if seen.digest != message.digest:
            found = replace(known, message=seen.stamp, digest=seen.digest)
            return self._message(milestone, message, found, top)
        return Told(seen.stamp, seen.posted, "message added" if seen.posted else "stands there already")

    def _mend_headline(self, milestone: Milestone, known: Known, top: Seen) -> tuple[int, dict[str, str]]:
        """Updates made, and what to remember.

        A failure here is none of the message, which stands there: the next step mends the headline.
        """
        digest, tags, updates = top.digest, thread_tags(milestone.thread), 0
        wanted = headline_of(milestone, known.states)
        try:
            for _ in range(ROUNDS):
                there = self._channel.replies(top.stamp)
                digest = next((one.digest for one in there or [] if one.stamp == top.stamp), digest)
                wanted = headline_of(milestone, {**known.states, **states_told(there or [])})
                if wanted.digest == digest:
                    break
                self._channel.update(top.stamp, wanted, THREAD, tags)
                digest, updates = wanted.digest, updates + 1
                if there is None:
                    break
        except Refused as refusal:
            if refusal.code in DELETED:
                self._threads[milestone.thread] = None
                return updates, remembered.thread_is_gone(milestone)
            # The workspace closes messages to editing: the headline stays as it is, its thread goes on.
            digest = wanted.digest
        except ClinftError:
            return updates, {}
        return updates, remembered.headline_is(milestone, digest)

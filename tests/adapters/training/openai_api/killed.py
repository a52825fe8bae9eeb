"""A process that follows a run, and a server that kills it at a chosen request: before the work, or after."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Literal

from tests.fakes.openai.azure import AzureServer
from tests.fakes.openai.calls import DROPPED, Reply, Request
from tests.fakes.openai.server import OpenAIServer

Moment = Literal["before", "after"]


class Killing(OpenAIServer):
    """`when`: how many requests are answered first; None: nobody is killed."""

    victim: int | None = None
    when: int | None = None
    moment: Moment = "before"

    def answer_to(self, request: Request) -> Reply:
        if self.victim is None or self.when is None:
            return super().answer_to(request)
        self.when -= 1
        if self.when >= 0:
            return super().answer_to(request)
        if self.moment == "after":
            super().answer_to(request)
        os.kill(self.victim, signal.SIGKILL)
        return Reply(DROPPED)


class KillingAzure(Killing, AzureServer):
    """The same, in Azure's dialect."""


def killed_at(server: Killing, when: int, moment: Moment, work: Callable[[], None]) -> bool:
    """Runs `work` in a child; False where it ended by itself, before so many requests."""
    ready, go = os.pipe()
    child = os.fork()
    if not child:
        # Nothing of the tests may go on in the child, whatever happens.
        try:
            os.read(ready, 1)
            work()
            os._exit(0)
        except BaseException as error:
            sys.stderr.write(repr(error))
            os._exit(1)
    server.victim, server.when, server.moment = child, when, moment
    os.write(go, b"x")
    _, status = os.waitpid(child, 0)
    server.victim = None
    os.close(ready)
    os.close(go)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0
    return False

"""The words of the judgement on clients: what is to become of each, and why.

A client is migrated, reported with the reason, left, or has arrived at OpenRouter already. Here are the forms that
the rooms give their reasons in; ``judge.py`` puts them together.
"""

from __future__ import annotations

from enum import Enum, auto

from codemod.decisions.arguments import Arguments
from codemod.decisions.keys import KeyPlan
from codemod.decisions.served_calls import Blocking
from codemod.decisions.split import Split
from codemod.decisions.survey import Client
from codemod.records import record

DECIDE_ENDPOINT = "Decide where this client should send its requests, then set base_url and api_key by hand."
DECIDE_KEY = 'Give the client os.environ["OPENROUTER_API_KEY"] where the key is the deployer\'s, else decide by hand.'


class Verdict(Enum):
    MIGRATE = auto()
    REPORT = auto()
    LEAVE = auto()
    # It points at OpenRouter already: nothing to do but for its models.
    DONE = auto()


@record
class Reason:
    """Why a client does not move: the verdict, the rule that says it, and what a person is to do."""

    verdict: Verdict
    rule: str
    message: str
    remedy: str = ""


@record
class ClientVerdict:
    """The verdict on one client; ``reason`` is None, and the ``key`` planned, if it is migrated.

    ``split`` is what keeps the calls of ``blocking`` on OpenAI where the client is migrated, or has been.
    """

    client: Client
    arguments: Arguments
    blocking: tuple[Blocking, ...] = ()
    reason: Reason | None = None
    key: KeyPlan | None = None
    split: Split | None = None

    @property
    def verdict(self) -> Verdict:
        return Verdict.MIGRATE if self.reason is None else self.reason.verdict


def reported(rule: str, message: str, remedy: str) -> Reason:
    """The client is reported: a person decides."""
    return Reason(Verdict.REPORT, rule, message, remedy)


def endpoint_undecided(message: str, remedy: str = DECIDE_ENDPOINT) -> Reason:
    """The client is reported, because its requests may go elsewhere than to OpenAI."""
    return reported("OR110", message, remedy)


def key_undecided(message: str, remedy: str = DECIDE_KEY) -> Reason:
    """The client is reported, because of its key."""
    return reported("OR111", message, remedy)


def left(message: str) -> Reason:
    """The client is left as it is."""
    return Reason(Verdict.LEAVE, "OR120", message)

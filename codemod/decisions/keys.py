"""The key of a client: nothing pointed at OpenRouter may be able to receive None or an OpenAI key.

See "Keys" in the README for the cases. A missing key makes the SDK fall back to OPENAI_API_KEY and send that secret
to another company, so a read that may be missing never stays one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from codemod.decisions.arguments import Given
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.guards import is_never_missing, only_decides
from codemod.decisions.missing_keys import environment_write, is_caught, reads_old_variable
from codemod.decisions.survey import Client
from codemod.findings import Applicability
from codemod.provenance.facts import (
    Binding,
    BindingKind,
    Choice,
    Constant,
    EnvironmentRead,
    Expression,
    FileFacts,
    Role,
    Text,
)
from codemod.provenance.questions import Bound, MemberOf
from codemod.provenance.uses import Use, UseKind
from codemod.provenance.values import (
    ConstantValue,
    EnvironmentValue,
    ExternalValue,
    InstanceValue,
    LookupValue,
    MemberValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    TextValue,
    UnknownValue,
    Value,
)
from codemod.rewrites import EnvironmentCode, ReplaceExpression, ReplaceText, Rewrite

_SECRET = re.compile(r"sk-[A-Za-z0-9_-]{12,}")
_PLACEHOLDER = re.compile(
    r"^$|your|\.\.\.|<|x{3,}|\*{3,}|placeholder|dummy|fake|test|example|change|replace|insert|empty|none|mock|todo|"
    r"api[-_ ]?key|secret|token",
    re.IGNORECASE,
)
_ASKED_FOR = {"getpass.getpass": "getpass", "builtins.input": "input", "streamlit.text_input": "a text box"}


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """How the key is to be set, or why that is for a person to decide.

    ``in_place`` sets the argument itself; else ``rewrites`` change where the key comes from, each with its file and
    a member of its group; with neither, the key is right as it is. ``undecided`` is the reason for a report.
    ``literals`` are secrets in the source.
    """

    in_place: bool = False
    rewrites: tuple[tuple[FileFacts, Expression, Rewrite], ...] = ()
    undecided: str = ""
    literals: tuple[TextValue, ...] = ()


@dataclass(slots=True)
class _Origins:
    environment: list[EnvironmentValue] = field(default_factory=list)
    lookups: list[LookupValue] = field(default_factory=list)
    texts: list[TextValue] = field(default_factory=list)
    nothing: list[ConstantValue] = field(default_factory=list)


def plan_client_key(
    context: Context, client: Client, given: Given | None, readers: frozenset[Expression | Binding]
) -> KeyPlan:
    """Plan the key of a client, which ``given`` is (None: no argument); ``readers`` as for ``plan_key``."""
    if is_caught(context, client):
        return KeyPlan(undecided="a missing key is handled by catching OpenAIError, which KeyError is not")
    plan = KeyPlan(in_place=True) if given is None else plan_key(context, given, readers)
    if plan.undecided or not reads_old_variable(context, given):
        return plan
    written = environment_write(context, client.file)
    return KeyPlan(undecided=written) if written else plan


def plan_unfinished_key(
    context: Context, given: Given | None, readers: frozenset[Expression | Binding]
) -> KeyPlan | None:
    """What an interrupted run has left to do for the key of a client that points at OpenRouter already.

    A run writes each file whole, so only a key that comes from another file can be left; one that reads another
    variable than OPENAI_API_KEY, or is an OpenRouter key in the source, was not left by a run.
    """
    if given is None or _is_in_place(given.value):
        return None
    plan = plan_key(context, given, readers)
    values = context.values(given.file, given.value)
    left_over = reads_old_variable(context, given) or any(
        isinstance(value, TextValue) and not value.node.value.startswith("sk-or-") for value in values
    )
    elsewhere = bool(plan.rewrites) and all(file is not given.file for file, _, _ in plan.rewrites)
    return plan if left_over and elsewhere and not plan.undecided else None


def plan_key(context: Context, given: Given, readers: frozenset[Expression | Binding]) -> KeyPlan:
    """Plan the key that ``given`` gives to a client or to the module.

    ``readers`` are the calls of all clients that are migrated, and the module settings that are: a key's origin is
    only changed where nobody else reads it.
    """
    file, key = given.file, given.value
    if _is_in_place(key):
        return _plan_in_place(context, file, key)
    values = context.values(file, key)
    found = _Origins()
    for value in values:
        reason = _sort(context, file, key, value, found)
        if reason:
            return KeyPlan(undecided=reason)
    literals = tuple(text for text in found.texts if is_secret(text.node.value))
    if len(found.environment) == 1 and not found.lookups and not _other_texts(found):
        rewrites = _at_environment_read(context, found.environment[0], readers)
        if rewrites is not None:
            return KeyPlan(rewrites=rewrites, literals=literals)
    if len(found.texts) == 1 and len(values) == 1:
        text = found.texts[0]
        if _only_read_by(context, text.file, text.node, readers):
            rewrite = ReplaceExpression(text.node.span, EnvironmentCode(context.config.api_key_env))
            return KeyPlan(rewrites=((text.file, text.node, rewrite),), literals=literals)
    if len(found.lookups) == 1 and not found.environment and not found.texts and not found.nothing:
        return _plan_lookup(context, found.lookups[0], readers)
    if found.lookups:
        return KeyPlan(undecided="the key comes from several places")
    return KeyPlan(in_place=True, literals=literals)


def _plan_lookup(context: Context, lookup: LookupValue, readers: frozenset[Expression | Binding]) -> KeyPlan:
    if not _only_read_by(context, lookup.file, lookup.node, readers):
        return KeyPlan(undecided="the key is looked up once for clients that move and for others")
    if not lookup.required:
        return KeyPlan(undecided="the key's lookup may give None")
    renamed = _renamed_variable(lookup.key.value, context.config.api_key_env)
    if renamed is None or not lookup.key.editable:
        return KeyPlan(undecided=f"the key is looked up under the name {lookup.key.value!r}")
    return KeyPlan(rewrites=((lookup.file, lookup.key, ReplaceText(lookup.key.span, renamed)),))


def secret_draft(text: TextValue) -> Draft:
    """The finding at a literal key."""
    return draft(
        text.file,
        text.node.span,
        "OR112",
        Applicability.MANUAL,
        "a secret stands in the source",
        "Revoke the key, and keep it out of the history of the repository.",
    )


def is_secret(text: str) -> bool:
    """Whether a literal key looks like a real one and not like a placeholder."""
    return _SECRET.search(text) is not None or (len(text) >= 20 and not _PLACEHOLDER.search(text))


def _renamed_variable(name: str, wanted: str) -> str | None:
    """The OpenRouter name for a secret stored as ``name``: OPENAI_API_KEY becomes ``wanted``, case kept."""
    if name == "OPENAI_API_KEY":
        return wanted
    for old, new in (("OPENAI", "OPENROUTER"), ("openai", "openrouter"), ("OpenAI", "OpenRouter")):
        if old in name:
            return name.replace(old, new)
    return None


def _is_in_place(key: Expression) -> bool:
    """A literal, an environment read, or a choice between such things, as the argument itself."""
    if isinstance(key, (Text, Constant)):
        return True
    if isinstance(key, EnvironmentRead):
        return key.default is None or _is_in_place(key.default)
    return isinstance(key, Choice) and all(_is_in_place(option) for option in key.options)


def _plan_in_place(context: Context, file: FileFacts, key: Expression) -> KeyPlan:
    if isinstance(key, EnvironmentRead) and key.required and key.name.value == context.config.api_key_env:
        return KeyPlan()
    texts = tuple(value for value in context.values(file, key) if isinstance(value, TextValue))
    return KeyPlan(in_place=True, literals=tuple(text for text in texts if is_secret(text.node.value)))


def _sort(context: Context, file: FileFacts, key: Expression, value: Value, found: _Origins) -> str:
    """Put an origin of the key where it belongs; gives the reason if a person must decide on it."""
    path = context.origins.path(file, key, value)
    for question in path:
        if isinstance(question, Bound) and question.binding.kind is BindingKind.PARAMETER:
            name = question.binding.name
            return f"the key is the parameter {name}, which callers outside the project may fill or leave None"
        if isinstance(question, MemberOf) and (question.scope.bases or question.scope.decorators):
            return f"the key is the field {question.name} of the settings class {question.scope.name}"
    if isinstance(value, EnvironmentValue):
        found.environment.append(value)
    elif isinstance(value, LookupValue):
        found.lookups.append(value)
    elif isinstance(value, TextValue):
        found.texts.append(value)
    elif isinstance(value, ConstantValue) and value.is_none:
        found.nothing.append(value)
    elif isinstance(value, ParameterValue):
        return f"the key is the parameter {value.binding.name}, which callers outside the project may fill"
    elif isinstance(value, ProductValue):
        asked = _ASKED_FOR.get(value.path)
        return f"the end user types the key into {asked}" if asked else f"the key comes from {value.path}"
    elif isinstance(value, UnknownValue):
        return f"the key cannot be followed: {value.reason}"
    else:
        return _described(value)
    return ""


def _described(value: Value) -> str:
    """The reason for a report of a key that something else gives."""
    member = value.member if isinstance(value, ResultValue) else value
    if isinstance(member, MemberValue):
        name, owner = member.names[0], member.owner
        if isinstance(owner, InstanceValue):
            return f"the key is the field {name} of the settings class {owner.scope.name}"
        if isinstance(owner, ProductValue):
            return f"the key comes from {owner.path}"
    if isinstance(member, ExternalValue):
        return f"the key comes from {member.path}"
    return "the key comes from something that is not followed"


def _other_texts(found: _Origins) -> bool:
    """Texts, or None, that are not the default of the one environment read."""
    default = found.environment[0].node.default
    return any(other.node is not default for other in found.nothing) or any(
        text.node is not default for text in found.texts
    )


def _at_environment_read(
    context: Context, origin: EnvironmentValue, readers: frozenset[Expression | Binding]
) -> tuple[tuple[FileFacts, Expression, Rewrite], ...] | None:
    """The edit at the read itself; () if nothing is to be done, None if it must stay as it is."""
    file, node = origin.file, origin.node
    uses = context.uses.of(file, node)
    reached = _clients_alone(context, uses, readers)
    if not reached:
        return None
    wanted = context.config.api_key_env
    if node.name.value == wanted and node.required:
        return ()
    fallback = node.default
    harmless_default = isinstance(fallback, Text) and fallback.value == ""
    may_be_none = fallback is None or (isinstance(fallback, Constant) and fallback.value is None)
    keeps_form = node.required or harmless_default or (may_be_none and is_never_missing(context, origin, uses, reached))
    if keeps_form and node.name.editable:
        if node.name.value == wanted:
            return ()
        return ((file, node, ReplaceText(node.name.span, wanted)),)
    if fallback is not None and not isinstance(fallback, (Text, Constant)):
        return None
    return ((file, node, ReplaceExpression(node.span, EnvironmentCode(wanted))),)


def _only_read_by(
    context: Context, file: FileFacts, node: Expression, readers: frozenset[Expression | Binding]
) -> bool:
    return bool(_clients_alone(context, context.uses.of(file, node), readers))


def _clients_alone(
    context: Context, uses: tuple[Use, ...], readers: frozenset[Expression | Binding]
) -> tuple[Use, ...]:
    """The uses as a key of ``readers``; () if there are other uses than those and tests."""
    reached: list[Use] = []
    for use in uses:
        if (use.kind is UseKind.ARGUMENT and use.call in readers and use.keyword == "api_key" and use.direct) or (
            use.kind is UseKind.STORED and isinstance(use.parent, Role) and use.parent.target in readers
        ):
            reached.append(use)
        elif use.kind is not UseKind.DISCARDED and not only_decides(context, use):
            return ()
    return tuple(reached)

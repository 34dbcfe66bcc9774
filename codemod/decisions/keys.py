"""The key of a client: nothing pointed at OpenRouter may be able to receive None or an OpenAI key.

See "Keys" in the README for the cases. A missing key makes the SDK fall back to OPENAI_API_KEY and send that secret
to another company, so a read that may be missing never stays one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from codemod.decisions.arguments import Given
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.django_settings import plan_sibling, setting_read, setting_reason, unfinished_sibling
from codemod.decisions.environment_writes import plan_write
from codemod.decisions.guards import is_missed_calmly, is_never_missing
from codemod.decisions.key_lookups import Lookup, lookup_at
from codemod.decisions.key_names import is_renamed, renamed
from codemod.decisions.key_parameters import parameter_reason
from codemod.decisions.key_values import KeyOrigin, clients_alone, feeds, key_origins, key_uses
from codemod.decisions.missing_keys import is_caught, reads_old_variable
from codemod.decisions.overwritten_names import overwriting_star
from codemod.decisions.setting_fields import Edit, FieldPlan, Readers, Wanted, is_setting, plan_setting
from codemod.decisions.survey import Client
from codemod.decisions.whole_objects import base_reason, whole_reason
from codemod.findings import Applicability
from codemod.provenance.facts import (
    BindingKind,
    Choice,
    Constant,
    EnvironmentRead,
    Expression,
    FileFacts,
    ScopeKind,
    Text,
)
from codemod.provenance.flows import Use
from codemod.provenance.questions import Bound, MemberOf, Question
from codemod.provenance.values import (
    ClassValue,
    ConstantValue,
    EnvironmentValue,
    ExternalValue,
    InstanceValue,
    MemberValue,
    OptionValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    TextValue,
    UnknownValue,
    Value,
)
from codemod.records import record
from codemod.rewrites import EnvironmentCode, ReplaceExpression, ReplaceText

_SECRET = re.compile(r"sk-[A-Za-z0-9_-]{12,}")
_PLACEHOLDER = re.compile(
    r"^$|your|\.\.\.|<|x{3,}|\*{3,}|placeholder|dummy|fake|test|example|change|replace|insert|empty|none|mock|todo|"
    r"api[-_ ]?key|secret|token",
    re.IGNORECASE,
)
_ASKED_FOR = {"getpass.getpass": "getpass", "builtins.input": "input", "streamlit.text_input": "a text box"}


@record
class KeyPlan:
    """How the key is to be set, or why that is for a person to decide.

    ``in_place`` sets the argument itself; else ``rewrites`` change where the key comes from, each with its file and
    a member of its group; with neither, the key is right as it is. ``undecided`` is the reason for a report.
    ``literals`` are secrets in the source. ``variable`` is what the deployer sets, "" for the configured one.
    """

    in_place: bool = False
    rewrites: tuple[Edit, ...] = ()
    undecided: str = ""
    literals: tuple[TextValue, ...] = ()
    variable: str = ""


@dataclass(slots=True)
class _Origins:
    """What a key can be.

    ``deciding`` if some of it comes through a parameter that the project's calls fill, or through the field of a
    record: then the key's place among them is not given up for a read of the environment. ``walked`` is why what
    holds the key may be read as a whole.
    """

    every: tuple[KeyOrigin, ...]
    environment: list[EnvironmentValue] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    texts: list[TextValue] = field(default_factory=list)
    nothing: list[ConstantValue] = field(default_factory=list)
    deciding: bool = False
    walked: str = ""

    @property
    def defaults(self) -> list[Expression]:
        """The defaults of the reads of the environment."""
        return [read.node.default for read in self.environment if read.node.default is not None]


@record
class _Asked:
    """A key to plan for: the expression that gives it, and what the plan is for."""

    context: Context
    file: FileFacts
    key: Expression
    wanted: Wanted


def plan_client_key(context: Context, client: Client, given: Given | None, readers: Readers) -> KeyPlan:
    """Plan the key of a client, which ``given`` is (None: no argument); ``readers`` as for ``plan_key``."""
    if is_caught(context, client):
        return KeyPlan(undecided="a missing key is handled by catching OpenAIError, which KeyError is not")
    targets: Readers = frozenset({client.call})
    plan = KeyPlan(in_place=True) if given is None else plan_key(context, given, readers, targets)
    if plan.undecided or not reads_old_variable(context, given):
        return plan
    write = plan_write(context, client.file, readers, context.config.api_key_env)
    if write.undecided:
        return KeyPlan(undecided=write.undecided)
    return replace(plan, rewrites=(*plan.rewrites, *write.edits), variable=plan.variable or write.source)


def plan_unfinished_key(context: Context, given: Given | None, readers: Readers) -> KeyPlan | None:
    """What an interrupted run has left to do for the key of a client that points at OpenRouter already.

    A run writes each file whole, so only a key that comes from another file can be left; one that reads another
    variable than OPENAI_API_KEY, or is an OpenRouter key in the source, was not left by a run.
    """
    if given is None or _is_in_place(given.value):
        return None
    origins = key_origins(context, given.file, given.value)
    setting = setting_read(context, origins)
    if setting is not None and setting.home is None:
        declared = unfinished_sibling(context, setting, context.config.api_key_env)
        return KeyPlan(rewrites=declared.edits, variable=declared.variable) if declared.edits else None
    plan = plan_key(context, given, readers)
    left_over = reads_old_variable(context, given) or any(
        (isinstance(origin.value, TextValue) and not origin.value.node.value.startswith("sk-or-"))
        or isinstance(origin.value, (MemberValue, ResultValue))
        or _is_looked_up(context, origin)
        for origin in origins
    )
    elsewhere = bool(plan.rewrites) and all(file is not given.file for file, _, _ in plan.rewrites)
    return plan if left_over and elsewhere and not plan.undecided else None


def _is_looked_up(context: Context, origin: KeyOrigin) -> bool:
    """Whether a key is looked up under a name of OpenAI's."""
    lookup = lookup_at(context, origin, ())
    return lookup is not None and renamed(lookup.name, context.config.api_key_env) is not None


def plan_key(context: Context, given: Given, readers: Readers, targets: Readers | None = None) -> KeyPlan:
    """Plan the key that ``given`` gives to a client or to the module: to ``targets``, or to all of ``readers``.

    ``readers`` are the calls of all clients that are migrated, and the module settings that are: a key's origin is
    only changed where nobody else reads it.
    """
    file, key = given.file, given.value
    if _is_in_place(key):
        return _plan_in_place(context, file, key)
    wanted = Wanted(readers if targets is None else targets, readers, context.config.api_key_env)
    asked = _Asked(context, file, key, wanted)
    origins = key_origins(context, file, key)
    if not origins:
        return KeyPlan(undecided="nothing that the project shows gives the key a value")
    star = next((place for origin in origins if (place := overwriting_star(context, origin.path))), "")
    if star:
        return KeyPlan(undecided=f"the key may be overwritten by what the star import in {star} brings in")
    if any(is_setting(context, origin.value) for origin in origins):
        return _plan_field(asked, origins)
    found = _Origins(origins)
    for origin in origins:
        reason = _sort(asked, origin, found)
        if reason:
            return KeyPlan(undecided=reason)
    setting = setting_read(context, origins)
    reason = "" if setting is None else setting_reason(context, setting)
    if reason:
        return KeyPlan(undecided=reason)
    optional = _plan_optional(asked, found)
    if optional is not None:
        return optional
    literals = tuple(text for text in found.texts if is_secret(text.node.value))
    planned = _plan_at_origins(asked, found)
    if isinstance(planned, KeyPlan):
        return replace(planned, literals=literals)
    if setting is not None:
        return _of_fields(plan_sibling(context, setting, wanted))
    if found.deciding or any(not lookup.of_environment for lookup in found.lookups):
        return KeyPlan(undecided=planned)
    return KeyPlan(in_place=True, literals=literals)


def _plan_field(asked: _Asked, origins: Iterable[KeyOrigin]) -> KeyPlan:
    for origin in origins:
        reason = _path_reason(asked.context, origin, _Origins(()))
        if reason:
            return KeyPlan(undecided=reason)
    return _of_fields(plan_setting(asked.context, (origin.value for origin in origins), asked.wanted))


def _of_fields(plan: FieldPlan) -> KeyPlan:
    return KeyPlan(rewrites=plan.edits, undecided=plan.undecided, variable=plan.variable)


# The edits at the origins


def _plan_at_origins(asked: _Asked, found: _Origins) -> KeyPlan | str:
    """The plan that changes all that the key can be where it stands; a text says why that cannot be."""
    if found.walked:
        return f"the key is held by an object that is read as a whole: {found.walked}"
    if found.lookups:
        return _plan_lookup(asked, found)
    edits: list[Edit] = []
    readers = asked.wanted.readers
    if any(none.node not in found.defaults for none in found.nothing):
        return "the key may be None"
    if len({read.node.name.value for read in found.environment}) > 1:
        return "the key comes from several variables"
    for read in found.environment:
        edit = _at_environment_read(asked.context, read, readers)
        if edit is None:
            return "the key is read once for clients that move and for others"
        edits += edit
    texts = [text for text in found.texts if text.node not in found.defaults]
    if len(texts) + len(found.environment) > 1 and not found.deciding:
        return "the key comes from several places"
    for text in texts:
        if _is_placeholder_in_test(asked.context, text):
            continue
        if not _only_read_by(asked.context, text.file, text.node, readers):
            return "the key is given to clients that move and to others"
        code = EnvironmentCode(asked.wanted.variable)
        edits.append((text.file, text.node, ReplaceExpression(text.node.span, code)))
    return KeyPlan(rewrites=tuple(edits)) if edits or found.environment else "the key comes from nowhere"


def _plan_optional(asked: _Asked, found: _Origins) -> KeyPlan | None:
    """The plan for a key that the program can do without: its read stays one that gives None, for those who ask.

    The clients read the variable themselves. In another file the read stays as it is, and is spoken of: edits of two
    files that do not need each other would not be finished by a second run.
    """
    if found.deciding or found.walked or found.lookups or found.texts or len(found.environment) != 1:
        return None
    (read,) = found.environment
    name, fallback = read.node.name, read.node.default
    if read.node.required or (fallback is not None and not (isinstance(fallback, Constant) and fallback.value is None)):
        return None
    uses = key_uses(asked.context, read.file, read.node)
    reached = clients_alone(asked.context, uses, asked.wanted.readers)
    if (
        not reached
        or is_never_missing(asked.context, read, uses, reached)
        or not is_missed_calmly(asked.context, read, uses, reached)
    ):
        return None
    wanted = asked.wanted.variable
    if read.file is not asked.file or not name.editable or name.value == wanted:
        return KeyPlan(in_place=True)
    return KeyPlan(in_place=True, rewrites=((read.file, read.node, ReplaceText(name.span, wanted)),))


def _is_placeholder_in_test(context: Context, text: TextValue) -> bool:
    return context.is_test(text.file) and not is_secret(text.node.value)


def _plan_lookup(asked: _Asked, found: _Origins) -> KeyPlan | str:
    lookup = found.lookups[0]
    if len(found.lookups) > 1 or found.environment or found.texts or found.nothing:
        return "the key comes from several places"
    if not _only_read_by(asked.context, lookup.file, lookup.node, asked.wanted.readers):
        return "the key is looked up once for clients that move and for others"
    if not lookup.required and lookup.of_environment:
        code = EnvironmentCode(asked.wanted.variable)
        return KeyPlan(rewrites=((lookup.file, lookup.node, ReplaceExpression(lookup.node.span, code)),))
    if not lookup.required:
        return "the key's lookup may give None"
    if is_renamed(lookup.name, asked.wanted.variable):
        return KeyPlan(variable=lookup.name)
    name = renamed(lookup.name, asked.wanted.variable)
    rewrite = None if name is None else lookup.renamed(name)
    if name is None or rewrite is None:
        return f"the key is looked up under the name {lookup.name!r}"
    node = lookup.node if lookup.key is None else lookup.key
    return KeyPlan(rewrites=((lookup.file, node, rewrite),), variable=name)


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


def _sort(asked: _Asked, origin: KeyOrigin, found: _Origins) -> str:
    """Put an origin of the key where it belongs; gives the reason if a person must decide on it."""
    context, value = asked.context, origin.value
    reason = _path_reason(context, origin, found)
    if reason:
        return reason
    if isinstance(value, EnvironmentValue):
        found.environment.append(value)
    elif isinstance(value, TextValue):
        found.texts.append(value)
    elif isinstance(value, ConstantValue) and value.is_none:
        found.nothing.append(value)
    elif isinstance(value, ParameterValue):
        found.deciding = True
        return parameter_reason(context, value.file, value.binding)
    else:
        lookup = lookup_at(context, origin, _reached(asked))
        if lookup is None:
            return _described(value)
        found.lookups.append(lookup)
    return ""


def _reached(asked: _Asked) -> tuple[Use, ...]:
    """The places where the key is given to what the plan is for."""
    uses = key_uses(asked.context, asked.file, asked.key)
    return tuple(use for use in uses if feeds(use, asked.wanted.targets))


def _path_reason(context: Context, origin: KeyOrigin, found: _Origins) -> str:
    """What is the matter with the way from the key to its origin; "" if nothing is."""
    for question in origin.path:
        if isinstance(question, Bound) and question.binding.kind is BindingKind.PARAMETER:
            found.deciding = True
            reason = parameter_reason(context, question.file, question.binding)
            if reason:
                return reason
        owner = _holder(question)
        if owner is None:
            continue
        name = question.name if isinstance(question, MemberOf) else ""
        is_record = bool(owner.scope.bases or owner.scope.decorators) and any(
            each.annotation is not None for each in owner.scope.bindings.get(name, ())
        )
        reason = whole_reason(context, owner)
        if is_record:
            found.deciding = True
            reason = base_reason(context, owner) or reason
        if reason and is_record:
            return f"the key is the field {name} of the settings class {owner.scope.name}: {reason}"
        found.walked = found.walked or reason
    return ""


def _holder(question: Question) -> ClassValue | None:
    """The class whose member a question is about."""
    if isinstance(question, MemberOf):
        return ClassValue(question.file, question.scope)
    if isinstance(question, Bound):
        scope = question.file.scopes[question.binding.scope]
        return ClassValue(question.file, scope) if scope.kind is ScopeKind.CLASS else None
    return None


def _described(value: Value) -> str:
    """The reason for a report of a key that something else gives."""
    if isinstance(value, ProductValue):
        asked = _ASKED_FOR.get(value.path)
        return f"the end user types the key into {asked}" if asked else f"the key comes from {value.path}"
    if isinstance(value, UnknownValue):
        return f"the key cannot be followed: {value.reason}"
    if isinstance(value, OptionValue):
        return f"the end user may give the key as {f'the option {value.name}' if value.name else 'an option'}"
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


def _at_environment_read(context: Context, origin: EnvironmentValue, readers: Readers) -> tuple[Edit, ...] | None:
    """The edit at the read itself; () if nothing is to be done, None if it must stay as it is."""
    file, node = origin.file, origin.node
    uses = key_uses(context, file, node)
    reached = clients_alone(context, uses, readers)
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


def _only_read_by(context: Context, file: FileFacts, node: Expression, readers: Readers) -> bool:
    return bool(clients_alone(context, key_uses(context, file, node), readers))

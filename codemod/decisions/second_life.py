"""Second lives: what else is done with a model text, and would notice if the text changed.

A text that is compared, stored, used as a key or handed to other code has a second life beside its requests. One
that is only printed, logged, raised or put into a help text has none.
"""

from __future__ import annotations

from collections.abc import Mapping

from codemod.decisions.context import Context
from codemod.decisions.expressions import quoted
from codemod.decisions.guards import is_compared_with_none
from codemod.decisions.slots import ModelRequest
from codemod.decisions.speaking import is_help, only_says
from codemod.provenance.facts import Attribute, Call, Expression, FileFacts, Role, RoleKind
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.values import TextValue
from codemod.records import record

_NOTICES = {
    UseKind.COMPARED: "is compared with other texts",
    UseKind.KEYED: "is used as a key",
    UseKind.FORMATTED: "is put into another text",
    UseKind.OPERATED: "is put together with other values",
    UseKind.STORED: "is stored in an object that is not followed",
    UseKind.CONTAINED: "is in a container that is not followed",
    UseKind.RETURNED: "is given to callers that the project does not show",
    UseKind.YIELDED: "is given to callers that the project does not show",
    UseKind.CALLED: "is called",
    UseKind.ITEM: "is cut into pieces",
    UseKind.ITERATED: "is read letter by letter",
}


@record
class Notice:
    """A use that would notice the change; ``why`` follows on "the value"."""

    use: Use
    why: str


@record
class SecondLives:
    """The uses of texts beside ``requests``, which are given by their calls."""

    context: Context
    requests: Mapping[Call, ModelRequest]

    def of_text(self, text: TextValue) -> Notice | None:
        """The first use of a literal that would notice the change; None if there is none."""
        return self.of(text.file, text.node)

    def of(self, file: FileFacts, node: Expression) -> Notice | None:
        """The first use of an expression's value that would notice a change of it; None if there is none."""
        for use in self.context.uses.of(file, node):
            why = self._why(use)
            if why is not None:
                return Notice(use, why)
        return None

    def beside_waiting(self, text: TextValue) -> Notice | None:
        """The first use that would notice a change, apart from requests that wait for a decision."""
        for use in self.context.uses.of(text.file, text.node):
            request = self.requests.get(use.call) if use.kind is UseKind.ARGUMENT and use.call is not None else None
            why = None if request is not None and request.reported and request.served else self._why(use)
            if why is not None:
                return Notice(use, why)
        return None

    def _why(self, use: Use) -> str | None:
        kind = use.kind
        if kind is UseKind.ARGUMENT and use.call is not None:
            return self._why_argument(use, use.call)
        if kind in (UseKind.TESTED, UseKind.DISCARDED, UseKind.RAISED) or is_compared_with_none(use):
            return None
        if kind in (UseKind.FORMATTED, UseKind.OPERATED) and self._is_only_said(use):
            return None
        if kind is UseKind.MAYBE:
            onward = self.context.uses.of(use.file, use.node)
            noticed = any(each.kind is not UseKind.MAYBE and self._why(each) is not None for each in onward)
            return "may be read where it matters" if noticed else None
        if kind is UseKind.HIDDEN:
            return f"may be read in {use.keyword}, which cannot be processed"
        if kind is UseKind.MEMBER and isinstance(use.parent, Attribute):
            return f"has .{use.parent.name} taken of it"
        return _NOTICES.get(kind)

    def _why_argument(self, use: Use, call: Call) -> str | None:
        known = self.requests.get(call)
        is_model = known is not None and use.direct and _is_model(known, use)
        if known is not None and (is_model or use.keyword == "extra_body"):
            return None if known.migrated else "goes to a request that is not migrated"
        return None if self._is_shown(use, call) else f"goes to {quoted(use.file, call.callee)}()"

    def _is_only_said(self, use: Use) -> bool:
        """Whether the texts that the value is put into are only printed, logged or raised."""
        pending = [use]
        seen: set[Expression] = set()
        while pending:
            within = pending.pop()
            text = within.parent
            if text is None or isinstance(text, Role):
                return False
            if text in seen:
                continue
            seen.add(text)
            for onward in self.context.uses.of(within.file, text):
                if onward.kind in (UseKind.FORMATTED, UseKind.OPERATED):
                    pending.append(onward)
                elif onward.kind not in (UseKind.RAISED, UseKind.DISCARDED) and not self._is_said_by_call(onward):
                    return False
        return True

    def _is_said_by_call(self, use: Use) -> bool:
        if use.kind is not UseKind.ARGUMENT or use.call is None:
            return False
        return self._is_shown(use, use.call) or _is_raised(use.file, use.call)

    def _is_shown(self, use: Use, call: Call) -> bool:
        return only_says(self.context, use.file, call) or is_help(self.context, use.file, call, use.keyword)


def _is_model(known: ModelRequest, use: Use) -> bool:
    request = known.request
    return use.keyword == request.model_keyword or (request.model is not None and use.node is request.model)


def _is_raised(file: FileFacts, call: Call) -> bool:
    role = file.parents.get(call)
    return isinstance(role, Role) and role.kind is RoleKind.RAISED

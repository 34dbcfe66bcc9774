"""From drafts to a plan: groups whole or not at all, each file's new text, and what stands in the way.

A group is blocked if one of its edits cannot be made: ignored by a comment, deselected, outside the given paths, in
a file that cannot be written, or refused by the back end. Its edits then become one finding that names the blocker,
and its requests wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from pathlib import Path

from codemod.config import Config
from codemod.decisions.context import Draft
from codemod.findings import Applicability, Finding
from codemod.languages.python.backend import Edited, Refused
from codemod.records import record
from codemod.rewrites import Rewrite
from codemod.suppressions import Suppressions

BackEnd = Callable[[Path, Sequence[Rewrite]], Edited | Refused]

# The findings that stand for a whole client.
_CLIENT_RULES = ("OR101", "OR601")
_BLOCKED_RULE = "OR121"
# The rules that tell of a member of a blocked group that it waits, by the ones that tell of it that it moves.
_MODEL_RULES = ("OR201", "OR202", "OR203", "OR206", "OR207")
_WAITING_RULES = {"OR101": "OR120", "OR300": "OR311", **dict.fromkeys(_MODEL_RULES, "OR220")}


@record
class Limits:
    """What may be edited. ``cannot`` says why a file may not be, None if it may; ``within`` limits what is shown."""

    within: Container[Path]
    cannot: Callable[[Path], str | None]
    suppressions: Callable[[Path], Suppressions]
    config: Config


@record
class Plan:
    """``findings`` are in order; ``edited`` holds the new texts; ``blocked`` the members whose group is blocked."""

    findings: tuple[Finding, ...]
    edited: Mapping[Path, Edited]
    blocked: frozenset[object]
    names: Mapping[object, str]


def make_plan(
    drafts: Sequence[Draft], joined: Iterable[tuple[object, object]], limits: Limits, back_end: BackEnd
) -> Plan:
    """Group the drafts, drop what is blocked, and compute the text of every file that changes."""
    drafts = [_as_wished(each, limits, back_end) for each in drafts]
    leaders = _leaders(drafts, joined)
    groups: dict[object, list[Draft]] = defaultdict(list)
    for each in drafts:
        if each.member is not None:
            groups[leaders[each.member]].append(each)
    blockers: dict[object, tuple[Draft, str]] = {}
    for leader, group in groups.items():
        blocker = next((found for found in (_blocker(each, limits) for each in group) if found), None)
        if blocker is not None:
            blockers[leader] = blocker
    edited = _edit(groups, blockers, back_end)
    names = _names(groups, limits)
    shown = [
        replace(each.finding, group=None if each.member is None else names.get(leaders[each.member]))
        for each in drafts
        if each.member is None or leaders[each.member] not in blockers
    ]
    blocked = [each for leader, blocker in blockers.items() for each in _blocked(groups[leader], *blocker, limits)]
    shown = [finding for finding in (*shown, *_waiting(groups, blockers, blocked)) if _is_shown(finding, limits)]
    shown += blocked
    positions = {path: _positions(made) for path, made in edited.items()}
    findings = [_with_source(finding, edited, positions) for finding in shown if finding.path in limits.within]
    findings.sort(key=lambda finding: (str(finding.path), finding.place, finding.rule, finding.message))
    waiting = frozenset(member for member, leader in leaders.items() if leader in blockers)
    return Plan(tuple(_one_each(findings)), edited, waiting, names)


def _as_wished(each: Draft, limits: Limits, back_end: BackEnd) -> Draft:
    """An unsafe edit is made only where it is asked for; if it cannot be made, that holds up nothing else."""
    finding = each.finding
    if finding.applicability is not Applicability.UNSAFE or not finding.rewrites:
        return each
    if not limits.config.unsafe:
        return replace(each, finding=replace(finding, rewrites=()))
    if _blocker(each, limits) is None and isinstance(back_end(finding.path, finding.rewrites), Edited):
        return each
    return replace(each, finding=replace(finding, rewrites=(), applicability=Applicability.MANUAL))


def _leaders(drafts: Sequence[Draft], joined: Iterable[tuple[object, object]]) -> dict[object, object]:
    leader: dict[object, object] = {each.member: each.member for each in drafts if each.member is not None}

    def find(member: object) -> object:
        while leader.setdefault(member, member) is not member:
            leader[member] = leader[leader[member]]
            member = leader[member]
        return member

    for one, other in joined:
        leader[find(one)] = find(other)
    return {member: find(member) for member in list(leader)}


def _is_selected(rule: str, config: Config) -> bool:
    if config.select and not rule.startswith(config.select):
        return False
    return not (config.ignore and rule.startswith(config.ignore))


def _is_silenced(finding: Finding, limits: Limits) -> bool:
    """Whether a comment silences a finding; one inside a call speaks of its own line, and not of the whole call."""
    suppressions, place = limits.suppressions(finding.path), finding.place
    if finding.applicability is Applicability.INFO:
        return any(suppressions.silences(finding.rule, line, line) for line in (place.line, place.end_line))
    return suppressions.silences(finding.rule, place.line, place.end_line)


def _is_shown(finding: Finding, limits: Limits) -> bool:
    return _is_selected(finding.rule, limits.config) and not _is_silenced(finding, limits)


def _blocker(each: Draft, limits: Limits) -> tuple[Draft, str] | None:
    """The reason why this draft's edits cannot be made."""
    finding = each.finding
    if not finding.rewrites:
        return None
    if _is_silenced(finding, limits):
        return each, "is ignored by a comment"
    if not _is_selected(finding.rule, limits.config):
        return each, f"needs {finding.rule}, which is not selected"
    reason = limits.cannot(finding.path)
    return None if reason is None else (each, reason)


def _edit(
    groups: Mapping[object, list[Draft]],
    blockers: dict[object, tuple[Draft, str]],
    back_end: BackEnd,
) -> dict[Path, Edited]:
    """The new texts; a group that the back end refuses joins ``blockers``, and its files are made anew."""
    edited: dict[Path, Edited] = {}
    in_file: dict[Path, dict[object, list[Draft]]] = defaultdict(lambda: defaultdict(list))
    for leader, group in groups.items():
        for each in group:
            if each.finding.rewrites:
                in_file[each.finding.path][leader].append(each)
    # In order; a file that is to be made anew comes before those that were not made yet.
    pending = sorted(in_file)
    while pending:
        path = heappop(pending)
        if pending and pending[0] == path:
            continue
        live = {leader: group for leader, group in in_file[path].items() if leader not in blockers}
        rewrites = _rewrites(each for group in live.values() for each in group)
        edited.pop(path, None)
        if not rewrites:
            continue
        made = back_end(path, rewrites)
        if isinstance(made, Edited):
            edited[path] = made
            continue
        for leader, (each, reason) in _refused(live, path, made, back_end).items():
            blockers[leader] = (each, f"cannot be edited: {reason}")
            for other in {other.finding.path for other in groups[leader] if other.finding.rewrites}:
                heappush(pending, other)
    return edited


def _refused(
    live: Mapping[object, list[Draft]], path: Path, whole: Refused, back_end: BackEnd
) -> dict[object, tuple[Draft, str]]:
    """The groups that the back end refuses by themselves; all of them if only their combination is refused."""
    found: dict[object, tuple[Draft, str]] = {}
    for leader, group in live.items():
        alone = back_end(path, _rewrites(group))
        if isinstance(alone, Refused):
            found[leader] = (_at(group, alone), alone.reason)
    return found or {leader: (_at(group, whole), whole.reason) for leader, group in live.items()}


def _at(group: list[Draft], refused: Refused) -> Draft:
    """The draft that the back end refused, as far as it said."""
    if refused.span is not None:
        for each in group:
            if any(rewrite.span == refused.span for rewrite in each.finding.rewrites):
                return each
    return group[0]


def _rewrites(drafts: Iterable[Draft]) -> tuple[Rewrite, ...]:
    return tuple(dict.fromkeys(rewrite for each in drafts for rewrite in each.finding.rewrites))


def _names(groups: Mapping[object, list[Draft]], limits: Limits) -> dict[object, str]:
    """Names for the groups, in the order of their first place."""
    first = {
        leader: min((str(each.finding.path), each.finding.place) for each in group)
        for leader, group in groups.items()
        if any(each.finding.path in limits.within for each in group) and any(each.finding.rewrites for each in group)
    }
    ordered = sorted(first, key=lambda leader: first[leader])
    return {leader: f"g{position}" for position, leader in enumerate(ordered, 1)}


def _blocked(group: list[Draft], blocker: Draft, reason: str, limits: Limits) -> Iterable[Finding]:
    """One finding, inside the given paths, for a whole group that stays as it is.

    There is none if nothing of the group lies inside. It is for a person, unless the comments show that one has
    decided already: those that silence each client of the group, or each edit if its clients stay as they are.
    """
    edits = [each.finding for each in group if each.finding.rewrites]
    clients = [finding for finding in edits if finding.rule in _CLIENT_RULES]
    inside = (
        [finding for finding in findings if finding.path in limits.within]
        for findings in (clients, edits, [each.finding for each in group])
    )
    heads = next(filter(None, inside), [])
    if not heads:
        return
    head = min(heads, key=lambda finding: (_is_refused(finding, limits), str(finding.path), finding.place))
    is_decided = all(_is_refused(finding, limits) for finding in clients or edits)
    where = f"{blocker.finding.path.name}:{blocker.finding.place.line}"
    yield replace(
        head,
        rule=_BLOCKED_RULE,
        applicability=Applicability.INFO if is_decided else Applicability.MANUAL,
        message=f"not migrated: {where} {reason}",
        remedy=""
        if is_decided
        else "Remove what is in the way and run again, or migrate this client and its models by hand.",
        rewrites=(),
        trace=(),
        group=None,
    )


def _is_refused(finding: Finding, limits: Limits) -> bool:
    """Whether a comment at its place says that this edit, or any group of it, shall not be made."""
    return _is_silenced(finding, limits) or _is_silenced(replace(finding, rule=_BLOCKED_RULE), limits)


def _waiting(
    groups: Mapping[object, list[Draft]], blockers: Mapping[object, object], blocked: Iterable[Finding]
) -> Iterable[Finding]:
    """The requests, the clients and the models of the blocked groups beside what ``blocked`` speaks of."""
    spoken_of = {(finding.path, finding.span) for finding in blocked}
    for leader in blockers:
        for each in groups[leader]:
            rule = _WAITING_RULES.get(each.finding.rule)
            if rule is not None and (each.finding.path, each.finding.span) not in spoken_of:
                yield replace(
                    each.finding,
                    rule=rule,
                    applicability=Applicability.INFO,
                    message=f"waits: its group is blocked, as {_BLOCKED_RULE} says",
                    remedy="",
                    rewrites=(),
                    trace=(),
                    group=None,
                )


def _positions(made: Edited) -> dict[Rewrite, list[int]]:
    """Where among the edits of a file those of a rewrite stand."""
    found: dict[Rewrite, list[int]] = defaultdict(list)
    for position, edit in enumerate(made.edits):
        for rewrite in edit.rewrites:
            found[rewrite].append(position)
    return found


def _with_source(
    finding: Finding, edited: Mapping[Path, Edited], positions: Mapping[Path, Mapping[Rewrite, Sequence[int]]]
) -> Finding:
    """The finding with the source of its place before and after the edit."""
    if not finding.rewrites:
        return finding
    here = positions[finding.path]
    own_positions = {position for rewrite in finding.rewrites for position in here.get(rewrite, ())}
    edits = [edited[finding.path].edits[position] for position in sorted(own_positions)]
    own = [edit for edit in edits if edit.before.strip() or len(edits) == 1] or edits
    return replace(
        finding,
        applied=True,
        before="\n".join(edit.before for edit in own),
        after="\n".join(edit.after for edit in own),
    )


def _one_each(findings: list[Finding]) -> list[Finding]:
    """The same finding of several groups is shown once."""
    seen: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = (finding.path, finding.span, finding.rule, finding.applicability, finding.message)
        seen.setdefault(key, finding)
    return list(seen.values())

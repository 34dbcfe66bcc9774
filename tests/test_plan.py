"""Groups are planned whole or not at all, whatever stands in the way; with drafts made by hand and a plain back end."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from codemod.config import Config
from codemod.decisions.context import Draft
from codemod.findings import Applicability, Finding, Place
from codemod.languages.python.backend import Edited, Refused, TextEdit
from codemod.plan import Limits, Plan, make_plan
from codemod.rewrites import ReplaceText, Rewrite, Span
from codemod.suppressions import Suppressions

A, B, C = (Path(f"/p/{name}.py") for name in "abc")
SAFE, MANUAL, INFO = Applicability.SAFE, Applicability.MANUAL, Applicability.INFO


def drafted(
    path: Path,
    line: int,
    member: object | None = None,
    rule: str = "OR101",
    *,
    edit: bool | str = True,
    applicability: Applicability = SAFE,
    message: str = "said",
) -> Draft:
    """A draft at ``line``; its span is ten characters long and starts at ten times the line."""
    span = Span(line * 10, line * 10 + 10)
    value = edit if isinstance(edit, str) else f"new {line}"
    rewrites: tuple[Rewrite, ...] = (ReplaceText(span, value),) if edit else ()
    place = Place(line, 1, line, 11)
    return Draft(Finding(rule, path, span, place, applicability, message, rewrites=rewrites), member)


def back_end(path: Path, rewrites: Sequence[Rewrite]) -> Edited | Refused:
    """Says what it was asked to do."""
    ordered = sorted(rewrites, key=lambda rewrite: rewrite.span)
    edits = tuple(TextEdit(each.span, f"old {each.span.start}", text_of(each), (each,)) for each in ordered)
    return Edited(" ".join(text_of(each) for each in ordered), edits)


def text_of(rewrite: Rewrite) -> str:
    assert isinstance(rewrite, ReplaceText)
    return rewrite.value


def refusing(*refused: tuple[Path, int]) -> Callable[[Path, Sequence[Rewrite]], Edited | Refused]:
    """A back end that refuses whatever touches these lines."""

    def made(path: Path, rewrites: Sequence[Rewrite]) -> Edited | Refused:
        for rewrite in rewrites:
            if (path, rewrite.span.start // 10) in refused:
                return Refused(rewrite.span, "is odd")
        return back_end(path, rewrites)

    return made


def refusing_pairs(path: Path, rewrites: Sequence[Rewrite]) -> Edited | Refused:
    """A back end that refuses only what is more than one edit of a file."""
    return Refused(None, "they overlap") if len(rewrites) > 1 else back_end(path, rewrites)


def limits(
    *,
    within: Iterable[Path] = (A, B, C),
    cannot: dict[Path, str] | None = None,
    silenced: dict[Path, Suppressions] | None = None,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
) -> Limits:
    return Limits(
        within=frozenset(within),
        cannot=(cannot or {}).get,
        suppressions=lambda path: (silenced or {}).get(path, Suppressions()),
        config=Config(select=select, ignore=ignore),
    )


def planned(
    drafts: Sequence[Draft],
    joined: Iterable[tuple[object, object]] = (),
    within: Limits | None = None,
    edit: Callable[[Path, Sequence[Rewrite]], Edited | Refused] = back_end,
) -> Plan:
    return make_plan(drafts, joined, within or limits(), edit)


def told(plan: Plan) -> list[tuple[str, str, int, bool]]:
    return [(each.rule, each.path.stem, each.place.line, each.applied) for each in plan.findings]


def texts(plan: Plan) -> dict[str, str]:
    return {path.stem: edited.text for path, edited in plan.edited.items()}


def groups(plan: Plan) -> dict[tuple[str, int], str | None]:
    return {(each.path.stem, each.place.line): each.group for each in plan.findings}


# Groups.


def test_a_member_is_a_group() -> None:
    plan = planned([drafted(A, 1, "x"), drafted(B, 2, "x"), drafted(B, 3, "y")])
    assert texts(plan) == {"a": "new 1", "b": "new 2 new 3"}
    assert groups(plan) == {("a", 1): "g1", ("b", 2): "g1", ("b", 3): "g2"}
    assert plan.blocked == frozenset()


def test_joined_members_are_one_group() -> None:
    drafts = [drafted(A, line, member) for line, member in enumerate("uvwxyz", 1)]
    plan = planned(drafts, [("u", "v"), ("w", "v"), ("x", "y"), ("x", "x"), ("y", "x")])
    assert list(groups(plan).values()) == ["g1", "g1", "g1", "g2", "g2", "g3"]


def test_members_without_a_draft_join_others() -> None:
    plan = planned([drafted(A, 1, "x"), drafted(A, 2, "y")], [("x", "between"), ("between", "y")])
    assert set(groups(plan).values()) == {"g1"}


def test_a_draft_without_a_member_stands_alone() -> None:
    plan = planned([drafted(A, 1, None, "OR206", edit=False, applicability=MANUAL)])
    assert told(plan) == [("OR206", "a", 1, False)]
    assert groups(plan) == {("a", 1): None}
    assert not plan.edited


def test_a_group_without_edits_has_no_name() -> None:
    plan = planned([drafted(A, 1, "x", "OR311", edit=False, applicability=INFO)])
    assert groups(plan) == {("a", 1): None}


def test_an_edit_that_groups_share_is_made_once() -> None:
    plan = planned([drafted(A, 1, "x"), drafted(A, 1, "x")])
    assert texts(plan) == {"a": "new 1"}
    assert told(plan) == [("OR101", "a", 1, True)]


def test_findings_carry_the_source_before_and_after() -> None:
    (finding,) = planned([drafted(A, 4, "x")]).findings
    assert (finding.before, finding.after, finding.applied) == ("old 40", "new 4", True)


def test_nothing_planned_is_nothing_done() -> None:
    plan = planned([])
    assert (plan.findings, dict(plan.edited), plan.blocked, dict(plan.names)) == ((), {}, frozenset(), {})


def test_names_and_findings_do_not_depend_on_the_order_of_drafts() -> None:
    drafts = [drafted(path, line, f"m{line % 4}") for path, line in itertools.product((A, B, C), range(1, 7))]
    joined = [("m1", "m2"), ("m3", "m0")]
    first = planned(drafts, joined)
    for seed in range(20):
        chance = random.Random(seed)
        mixed = chance.sample(drafts, len(drafts))
        other = planned(mixed, [chance.choice((pair, pair[::-1])) for pair in chance.sample(joined, len(joined))])
        assert other.findings == first.findings
        assert texts(other) == texts(first)
        assert sorted(other.names.values()) == sorted(first.names.values()) == ["g1", "g2"]


def test_names_follow_the_first_place() -> None:
    plan = planned([drafted(C, 1, "x"), drafted(B, 9, "y"), drafted(B, 2, "z"), drafted(C, 3, "z")])
    assert groups(plan) == {("b", 2): "g1", ("b", 9): "g2", ("c", 1): "g3", ("c", 3): "g1"}


# What blocks a group.

BLOCKING: list[tuple[str, Limits, Callable[[Path, Sequence[Rewrite]], Edited | Refused], str]] = [
    ("read_only", limits(cannot={B: "is read-only"}), back_end, "b.py:2 is read-only"),
    (
        "outside",
        limits(within=(A, C), cannot={B: "is outside the given paths, or excluded"}),
        back_end,
        "b.py:2 is outside the given paths, or excluded",
    ),
    ("comment", limits(silenced={B: Suppressions({2: ("OR201",)})}), back_end, "b.py:2 is ignored by a comment"),
    ("comment_for_all", limits(silenced={B: Suppressions({2: ("OR",)})}), back_end, "b.py:2 is ignored by a comment"),
    ("file_comment", limits(silenced={B: Suppressions({}, ("OR2",))}), back_end, "b.py:2 is ignored by a comment"),
    ("not_selected", limits(select=("OR1",)), back_end, "b.py:2 needs OR201, which is not selected"),
    ("ignored", limits(ignore=("OR201",)), back_end, "b.py:2 needs OR201, which is not selected"),
    ("refused", limits(), refusing((B, 2)), "b.py:2 cannot be edited: is odd"),
]


@pytest.mark.parametrize(
    ("within", "edit", "message"),
    [pytest.param(within, edit, message, id=name) for name, within, edit, message in BLOCKING],
)
def test_a_blocker_blocks_its_whole_group_and_no_other(
    within: Limits, edit: Callable[[Path, Sequence[Rewrite]], Edited | Refused], message: str
) -> None:
    drafts = [
        drafted(A, 1, "x"),
        drafted(B, 2, "x", "OR201"),
        drafted(C, 3, "x", "OR300", edit=False, applicability=INFO),
        drafted(A, 5, "y"),
        drafted(C, 6, "y"),
    ]
    plan = planned(drafts, within=within, edit=edit)
    assert texts(plan) == {"a": "new 5", "c": "new 6"}
    shown = [finding for finding in plan.findings if finding.rule not in ("OR101", "OR311", "OR120", "OR220")]
    assert [(each.rule, each.path.stem, each.place.line, each.message) for each in shown] == [
        ("OR121", "a", 1, f"not migrated: {message}")
    ]
    assert shown[0].applicability is MANUAL
    assert (shown[0].rewrites, shown[0].applied, shown[0].group) == ((), False, None)
    assert shown[0].remedy
    assert plan.blocked == {"x"}
    assert [each.place.line for each in plan.findings if each.applied] == [5, 6]


@pytest.mark.parametrize(("within", "edit"), [pytest.param(each[1], each[2], id=each[0]) for each in BLOCKING])
def test_requests_of_a_blocked_group_wait(
    within: Limits, edit: Callable[[Path, Sequence[Rewrite]], Edited | Refused]
) -> None:
    requests = [drafted(A, line, "x", "OR300", edit=False, applicability=INFO) for line in (7, 8)]
    plan = planned([drafted(A, 1, "x"), drafted(B, 2, "x", "OR201"), *requests], within=within, edit=edit)
    waiting = [each for each in plan.findings if each.rule == "OR311"]
    selected = not within.config.select
    assert [each.place.line for each in waiting] == ([7, 8] if selected else [])
    assert not [each for each in plan.findings if each.rule == "OR300"]


def test_what_is_only_reported_does_not_block() -> None:
    drafts = [drafted(A, 1, "x"), drafted(B, 2, "x", "OR205", edit=False, applicability=MANUAL)]
    plan = planned(drafts, within=limits(cannot={B: "is read-only"}))
    assert texts(plan) == {"a": "new 1"}
    assert told(plan) == [("OR101", "a", 1, True), ("OR205", "b", 2, False)]


def test_a_silenced_report_is_not_shown() -> None:
    drafts = [drafted(A, 1, None, "OR206", edit=False), drafted(A, 2, None, "OR206", edit=False)]
    assert told(planned(drafts, within=limits(silenced={A: Suppressions({1: ("OR206",)})}))) == [
        ("OR206", "a", 2, False)
    ]
    assert told(planned(drafts, within=limits(ignore=("OR2",)))) == []
    assert told(planned(drafts, within=limits(within=(B,)))) == []


def test_a_client_that_a_comment_silences_is_no_question_for_a_person() -> None:
    drafts = [drafted(A, 1, "x", "OR101"), drafted(A, 2, "x", "OR201")]
    plan = planned(drafts, within=limits(silenced={A: Suppressions({1: ("OR",)})}))
    assert [(each.rule, each.applicability) for each in plan.findings] == [("OR121", INFO), ("OR220", INFO)]
    assert not plan.edited
    plan = planned(drafts, within=limits(silenced={A: Suppressions({2: ("OR",)})}))
    assert [(each.rule, each.applicability) for each in plan.findings] == [("OR121", MANUAL)]


def test_a_group_of_which_nothing_lies_inside_says_nothing() -> None:
    drafts = [drafted(A, 1, "x"), drafted(B, 2, "x"), drafted(C, 3, "y")]
    outside = "is outside the given paths, or excluded"
    plan = planned(drafts, within=limits(within=(C,), cannot={A: outside, B: outside}))
    assert told(plan) == [("OR101", "c", 3, True)]
    assert plan.blocked == {"x"}


def test_a_blocked_group_is_reported_once_and_at_a_client_inside() -> None:
    drafts = [
        drafted(A, 4, "x", "OR201"),
        drafted(B, 9, "x", "OR101"),
        drafted(B, 3, "x", "OR201"),
        drafted(C, 1, "x", "OR101"),
    ]
    plan = planned(drafts, within=limits(within=(A, B), cannot={C: "is outside"}))
    assert told(plan) == [("OR220", "a", 4, False), ("OR220", "b", 3, False), ("OR121", "b", 9, False)]


def test_what_else_a_blocked_group_holds_is_said_to_wait() -> None:
    drafts = [drafted(A, 1, "x"), drafted(A, 2, "x"), drafted(A, 2, "x", "OR102"), drafted(A, 3, "x", "OR202")]
    plan = planned(drafts, within=limits(silenced={A: Suppressions({3: ("OR202",)})}))
    assert told(plan) == [("OR121", "a", 1, False), ("OR120", "a", 2, False), ("OR220", "a", 3, False)]
    assert [each.applicability for each in plan.findings] == [MANUAL, INFO, INFO]
    assert all(not each.rewrites and each.group is None for each in plan.findings)


def test_a_comment_inside_a_call_does_not_silence_what_is_known_of_the_call() -> None:
    for line, rules in ((1, []), (2, ["OR311"]), (3, [])):
        request = drafted(A, 1, None, "OR311", edit=False, applicability=INFO)
        request = replace(request, finding=replace(request.finding, place=Place(1, 1, 3, 2)))
        plan = planned([request], within=limits(silenced={A: Suppressions({line: ("OR",)})}))
        assert [each.rule for each in plan.findings] == rules


def test_a_blocker_reaches_through_joined_members() -> None:
    drafts = [drafted(A, 1, "x"), drafted(A, 2, "y"), drafted(B, 3, "z"), drafted(C, 4, "free")]
    plan = planned(drafts, [("x", "y"), ("y", "z")], limits(cannot={B: "is read-only"}))
    assert texts(plan) == {"c": "new 4"}
    assert plan.blocked == {"x", "y", "z"}


# What the back end refuses.


def test_a_refused_edit_takes_its_group_back_from_files_that_were_made_already() -> None:
    drafts = [drafted(A, 1, "x"), drafted(C, 2, "x"), drafted(A, 3, "y"), drafted(B, 4, "y")]
    plan = planned(drafts, edit=refusing((C, 2)))
    assert texts(plan) == {"a": "new 3", "b": "new 4"}
    assert plan.blocked == {"x"}


def test_a_file_of_refused_edits_alone_is_not_edited() -> None:
    plan = planned([drafted(A, 1, "x"), drafted(C, 2, "x")], edit=refusing((C, 2)))
    assert texts(plan) == {}


def test_several_refused_groups() -> None:
    drafts = [drafted(A, line, f"m{line}") for line in range(1, 6)]
    plan = planned(drafts, edit=refusing((A, 2), (A, 4)))
    assert texts(plan) == {"a": "new 1 new 3 new 5"}
    assert plan.blocked == {"m2", "m4"}
    assert [each.rule for each in plan.findings] == ["OR101", "OR121", "OR101", "OR121", "OR101"]


def test_groups_that_are_refused_only_together_are_all_blocked() -> None:
    plan = planned([drafted(A, 1, "x"), drafted(A, 2, "y"), drafted(B, 3, "z")], edit=refusing_pairs)
    assert texts(plan) == {"b": "new 3"}
    assert plan.blocked == {"x", "y"}


def test_the_refused_place_is_named() -> None:
    drafts = [drafted(A, 1, "x", "OR101"), drafted(A, 2, "x", "OR201"), drafted(A, 3, "x", "OR201")]
    finding = planned(drafts, edit=refusing((A, 3))).findings[0]
    assert finding.message == "not migrated: a.py:3 cannot be edited: is odd"


def test_no_file_is_ever_edited_in_part() -> None:
    """For random groups and refusals: a file holds exactly the edits of the groups that are not blocked."""
    for seed in range(200):
        chance = random.Random(seed)
        drafts = [
            drafted(chance.choice((A, B, C)), line, f"m{chance.randrange(6)}")
            for line in range(1, chance.randint(2, 15))
        ]
        joined = [(f"m{chance.randrange(6)}", f"m{chance.randrange(6)}") for _ in range(chance.randrange(3))]
        refused = [(each.finding.path, each.finding.place.line) for each in drafts if chance.random() < 0.15]
        plan = planned(drafts, joined, edit=refusing(*refused))
        expected: dict[str, list[str]] = {}
        for each in sorted(drafts, key=lambda each: each.finding.place):
            if each.member not in plan.blocked:
                expected.setdefault(each.finding.path.stem, []).append(f"new {each.finding.place.line}")
        assert texts(plan) == {stem: " ".join(found) for stem, found in expected.items()}
        leaders = {each.member: each.member for each in drafts}
        for each in drafts:
            if (each.finding.path, each.finding.place.line) in refused:
                assert each.member in plan.blocked
        for one, other in joined:
            if one in leaders and other in leaders:
                assert (one in plan.blocked) == (other in plan.blocked)
        assert {each.place.line for each in plan.findings if each.applied} == {
            each.finding.place.line for each in drafts if each.member not in plan.blocked
        }

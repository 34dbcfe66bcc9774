"""How questions that rest on each other are answered: depth first, on a stack of their own, circles in rounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codemod.provenance.facts import Binding, BindingKind, FileFacts
from codemod.provenance.questions import (
    NOTHING,
    Answer,
    Callers,
    CallersOf,
    Question,
    Subclasses,
    SubclassesOf,
    Thought,
)
from codemod.provenance.values import UnknownValue
from codemod.provenance.world import TooManyFilesError

# The place of what has no place of its own; one object, so that the same value stays the same.
_NOWHERE = Binding("", 0, BindingKind.ASSIGNMENT, 0)
# What is partly unknown is not told apart beyond so many values, and nothing beyond so many more. Texts that travel
# through a program, the messages of a chat for one, would else drag all that they can be through every question.
_MANY = 100
_TOO_MANY = 20_000
# A circle of so many questions, through so many files, is most of a program; nothing can be told of what is in it.
_LARGEST_CIRCLE = 500
_MOST_FILES = 100
# Circles settle in two or three rounds. From this round on answers only grow.
_GROWING_ROUND = 4
# What has not settled by this round holds something that is not known.
_LAST_ROUND = 8


class _Frame:
    """A question that is being thought about; ``lowest`` is the earliest open question that its answer rests on."""

    __slots__ = ("index", "lowest", "question", "thought")

    def __init__(self, question: Question, thought: Thought, index: int) -> None:
        self.question = question
        self.thought = thought
        self.index = index
        self.lowest = index


class Solving:
    """Answers one question, and those that it needs, depth first.

    Questions that rest on each other in a circle are answered in rounds (Tarjan's components, each iterated until
    what was assumed of its open questions is what came out), so that each is thought about a few times at most.
    """

    def __init__(self, think: Callable[[Question], Thought], answers: dict[Question, Answer]) -> None:
        self.think = think
        self.answers = answers
        self.frames: list[_Frame] = []
        self.indices: dict[Question, int] = {}
        self.circle: list[Question] = []
        self.provisional: dict[Question, Answer] = {}
        self.assumed: dict[Question, Answer] = {}
        self.trusted: set[Question] = set()
        self.rounds: dict[Question, int] = {}
        self.files: set[FileFacts] = set()

    def solve(self, wanted: Question) -> Answer:
        self.open(wanted, 0)
        answer: Answer | None = None
        while self.frames:
            if len(self.circle) > _LARGEST_CIRCLE and len(self.files) > _MOST_FILES:
                self.give_up()
                break
            frame = self.frames[-1]
            try:
                asked = next(frame.thought) if answer is None else frame.thought.send(answer)
            except StopIteration as stop:
                answer = self.close(frame, stop.value)
            except TooManyFilesError as error:
                answer = self.close(frame, _unknown(frame.question, str(error)))
            else:
                answer = self.known(frame, asked)
                if answer is None:
                    self.open(asked, len(self.indices))
        return self.answers[wanted]

    def give_up(self) -> None:
        """Answer all that is open, and what rests on it, with that nobody knows: nobody asks for it once more."""
        for question in self.indices:
            self.answers[question] = _unknown(question, "it leads through too much of the program")

    def open(self, question: Question, index: int) -> None:
        self.files.add(question.file)
        self.indices[question] = index
        self.frames.append(_Frame(question, self.think(question), index))

    def known(self, frame: _Frame, asked: Question) -> Answer | None:
        """The answer as far as there is one; None if the question has to be thought about first."""
        answer = self.answers.get(asked)
        if answer is not None:
            return answer
        index = self.indices.get(asked)
        if index is None:
            return None
        frame.lowest = min(frame.lowest, index)
        if asked in self.provisional:
            return self.provisional[asked]
        self.trusted.add(asked)
        return self.assumed.get(asked, NOTHING)

    def close(self, frame: _Frame, answer: Answer) -> Answer | None:
        """Take the answer to a question; None if its circle needs another round."""
        self.frames.pop()
        question = frame.question
        answer = _bounded(question, answer)
        if self.is_alone(frame):
            self.answers[question] = answer
            del self.indices[question]
            return answer
        self.provisional[question] = answer
        self.circle.append(question)
        if frame.lowest < frame.index:
            below = self.frames[-1]
            below.lowest = min(below.lowest, frame.lowest)
            return answer
        members = self.take_circle(question)
        if len(members) > 1 or question in self.trusted:
            self.rounds[question] = self.rounds.get(question, 0) + 1
            if self.rounds[question] >= _GROWING_ROUND:
                for member in members:
                    joined = _joined(self.assumed.get(member, NOTHING), self.provisional[member])
                    self.provisional[member] = _bounded(member, joined)
            if self.rounds[question] >= _LAST_ROUND:
                for member in self.unsettled(members):
                    self.provisional[member] = _with_unknown(member, self.provisional[member])
            elif self.unsettled(members):
                for member in members:
                    self.assumed[member] = self.provisional.pop(member)
                    del self.indices[member]
                self.trusted.difference_update(members)
                self.open(question, frame.index)
                return None
        answer = self.provisional[question]
        for member in members:
            self.answers[member] = self.provisional.pop(member)
            del self.indices[member]
            self.assumed.pop(member, None)
        return answer

    def is_alone(self, frame: _Frame) -> bool:
        """Whether a question, as most, rests on none that is open, and none rests on it."""
        question = frame.question
        if frame.lowest < frame.index or question in self.trusted or question in self.assumed:
            return False
        return not self.circle or self.indices[self.circle[-1]] < frame.index

    def take_circle(self, head: Question) -> list[Question]:
        first = self.indices[head]
        members = []
        while self.circle and self.indices[self.circle[-1]] >= first:
            members.append(self.circle.pop())
        return members

    def unsettled(self, members: list[Question]) -> list[Question]:
        """The members of which something else was assumed than what came out."""
        return [
            member
            for member in members
            if member in self.trusted and not _same_answer(self.assumed.get(member, NOTHING), self.provisional[member])
        ]


def _unknown(question: Question, reason: str) -> Answer:
    if isinstance(question, CallersOf):
        return Callers(more=True)
    if isinstance(question, SubclassesOf):
        return Subclasses(more=True)
    return {UnknownValue(question.file, _NOWHERE, reason): None}


def _bounded(question: Question, answer: Answer) -> Answer:
    """The answer, or that nobody knows where it holds more than is worth telling apart."""
    if not isinstance(answer, Mapping) or len(answer) <= _MANY:
        return answer
    # This is asked of each step of a chain: no loop over what is handed on.
    if len(answer) <= _TOO_MANY and UnknownValue not in map(type, answer):
        return answer
    return {UnknownValue(question.file, _NOWHERE, "too many values to tell apart"): None}


def _with_unknown(question: Question, answer: Answer) -> Answer:
    if not isinstance(answer, Mapping):
        return answer
    return {**answer, UnknownValue(question.file, _NOWHERE, "a circle that is too long to follow"): None}


def _joined(one: Answer, other: Answer) -> Answer:
    """Both answers in one, where they are values."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {**one, **other}
    return other


def _same_answer(one: Answer, other: Answer) -> bool:
    """Whether two answers hold the same values, whatever way they came."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys()
    return one == other

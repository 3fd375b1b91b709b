"""YAML events to plain data and the place of every part of it. Iterative: depth costs no stack.

The places of a document are one flat list: a value's place, then for a mapping each key's place
followed by its value's places, for a list each item's. What an alias repeats is in it once per
use, at the place where it was written; what a merge key takes over comes after a mapping's own
keys. This is the order of :func:`golive.sources.places.node_count`.
"""

from __future__ import annotations

import re
import sys
from typing import Any

import yaml

from golive.sources.places import height, node_count, offset
from golive.sources.yaml_faults import Fault, explain, one_line, place
from golive.sources.yaml_limits import Budget, Stop
from golive.sources.yaml_parts import Anchored, Composed, Merge, Open, Place
from golive.sources.yaml_plain import compose_plain
from golive.sources.yaml_scalars import (
    Dialect,
    ScalarProblem,
    resolve_number,
    resolve_tagged,
    shown_tag,
    words,
)

# libyaml is about eight times faster; wheels carry it, a source build may not. The Python
# parser also refuses a tab between a key's colon and its value.
LOADER: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""What turns text into events."""
# Only the Python parser lets escaped surrogates through.
_HALF = re.compile("[\ud800-\udfff]")
_CORE_TAG = "tag:yaml.org,2002:"
REFERENCE = "!reference"
"""GitLab's tag for a value that stands elsewhere: first item of the list that it is read as."""
_NUMERIC = frozenset("+-.0123456789")
_SPECIAL = frozenset(("<<", "", "~", "null"))


def compose(
    text: str, first_line: int, budget: Budget, dialect: Dialect, *, detailed: bool = True
) -> tuple[Composed | None, list[Fault]]:
    """The one document in *text*, which begins at 1-based *first_line*.

    With *detailed* its places are :class:`Place`, without it lines alone, which costs less.
    ``None`` with no fault: no document. A document with faults has data, but wrong places.
    Raises ``Stop`` where reading cannot go on.
    """
    plain = None if detailed else compose_plain(text, first_line, budget.limits, dialect)
    # Where the allowance is used up, the builder finds the place.
    if plain is not None and budget.nodes + len(plain[1]) <= budget.limits.nodes:
        budget.nodes += len(plain[1])
        return Composed(*plain), []
    builder = _Builder(first_line, budget, dialect, detailed)
    try:
        builder.read(text)
    except yaml.MarkedYAMLError as error:
        raise Stop(*place(error, text, first_line), *explain(error, text)) from error
    except yaml.YAMLError as error:
        raise Stop(first_line, 1, f"not YAML: {one_line(str(error))}") from error
    if not builder.places:
        return None, builder.faults
    return Composed(builder.root, builder.places), builder.faults


class _Builder:
    """Takes the events of one document; ``root`` and ``places`` are complete after the last."""

    def __init__(self, first_line: int, budget: Budget, dialect: Dialect, detailed: bool) -> None:
        self.root: object = None
        self.places: list[Any] = []
        self.faults: list[Fault] = []
        self._first_line = first_line
        self._budget = budget
        self._dialect = dialect
        self._detailed = detailed
        self._open: list[Open] = []
        self._anchors: dict[str, Anchored] = {}

    def read(self, text: str) -> None:  # noqa: C901, PLR0912, PLR0915 - one loop, for speed
        """Every event of *text*.

        Nearly all events are scalars, and a large file has millions of them: this loop holds
        what they need and calls nothing that can be avoided.
        """
        stream = LOADER(text)
        get = stream.get_event
        stack, places, first_line = self._open, self.places, self._first_line
        intern = sys.intern
        keyword, detailed, halves = words(self._dialect), self._detailed, LOADER is yaml.BaseLoader
        most, done = self._budget.limits.nodes, self._budget.nodes
        scalar_event, alias_event = yaml.ScalarEvent, yaml.AliasEvent
        starts = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
        ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
        holder: Open | None = None
        try:
            while (event := get()) is not None:
                kind = type(event)
                if kind is scalar_event:
                    mark = event.start_mark
                    line, column = first_line + mark.line, mark.column + 1
                    done += 1
                    if done > most:
                        self._budget.too_many(line, column)
                    text = event.value
                    # implicit[0]: unquoted and untagged, so the text decides the type.
                    plain = event.implicit[0]
                    value: object = text
                    if plain:
                        if text in keyword:
                            value = keyword[text]
                        elif text[0] in _NUMERIC:
                            value = self._number(text, line, column)
                    elif event.tag is not None:
                        value = self._tagged(event.tag, text, line, column)
                    if halves and _HALF.search(text):
                        said = "an escape stands for half a character"
                        self.faults.append(Fault(line, column, said))
                    spot = Place(line, column, text, plain) if detailed else line
                    if event.anchor is not None:
                        self._anchors[event.anchor] = Anchored(value, [spot], text, plain)
                    places.append(spot)
                    if holder is None:
                        self.root = value
                    elif not holder.mapping:
                        holder.data.append(value)
                    elif holder.keyed:
                        if holder.dropped is None:
                            holder.data[holder.key] = value
                            holder.keyed = False
                        else:
                            self._drop(holder, value)
                    elif text in holder.data or (plain and text in _SPECIAL):
                        self._odd_key(holder, text, len(places) - 1, line, column)
                    else:
                        # Interned: the objects of a release repeat their keys endlessly.
                        holder.key = intern(text)
                        holder.keyed = True
                elif kind in starts:
                    holder = self._start(event, kind is yaml.MappingStartEvent)
                    done += 1
                    if done > most:
                        mark = event.start_mark
                        self._budget.too_many(first_line + mark.line, mark.column + 1)
                elif kind in ends:
                    self._end()
                    holder = stack[-1] if stack else None
                elif kind is alias_event:
                    self._alias(event)
        finally:
            self._budget.nodes = done
            stream.dispose()

    def _number(self, text: str, line: int, column: int) -> object:
        try:
            return resolve_number(text, self._dialect)
        except ScalarProblem as problem:
            self.faults.append(Fault(line, column, str(problem), problem.hint))
            return text

    def _tagged(self, tag: str, text: str, line: int, column: int) -> object:
        tag = tag.removeprefix(_CORE_TAG)
        if tag in ("", "!", "str"):
            return text
        try:
            return resolve_tagged(tag, text, self._dialect)
        except ScalarProblem as problem:
            self.faults.append(Fault(line, column, str(problem), problem.hint))
            return text

    def _start(self, event: Any, mapping: bool) -> Open:  # noqa: ANN401 - yaml has no types
        line, column = self._first_line + event.start_mark.line, event.start_mark.column + 1
        self._budget.depth(len(self._open) + 1, line, column)
        marked = False
        if event.tag is not None:
            tag = event.tag.removeprefix(_CORE_TAG)
            marked = tag == REFERENCE and not mapping and self._dialect is Dialect.GITLAB
            if not marked and tag not in ("", "!", "map" if mapping else "seq"):
                said = f"tag {shown_tag(tag)} is not supported"
                self.faults.append(Fault(line, column, said, "write a plain value"))
        data: Any = {} if mapping else [REFERENCE] if marked else []
        opened = Open(data, len(self.places), line, column, event.anchor, mapping)
        self.places.append(Place(line, column) if self._detailed else line)
        if marked:
            self.places.append(Place(line, column, REFERENCE) if self._detailed else line)
        self._open.append(opened)
        return opened

    def _end(self) -> None:
        opened = self._open.pop()
        if opened.merge is not None:
            self._take_over(opened, opened.merge)
        if opened.anchor is not None:
            small = len(self.places) - opened.start <= self._budget.limits.expanded
            kept = self.places[opened.start :] if small else None
            self._anchors[opened.anchor] = Anchored(opened.data, kept, None, plain=False)
        self._close(opened.data, None, False, opened.start, (opened.line, opened.column))

    def _alias(self, event: Any) -> None:  # noqa: ANN401 - yaml has no types
        name = event.anchor or ""
        mark = event.start_mark
        line, column = self._first_line + mark.line, mark.column + 1
        target = self._anchors.get(name)
        if target is None:
            inside = any(opened.anchor == name for opened in self._open)
            what = "stands inside the value it repeats" if inside else "has no anchor before it"
            # Its name is not said: it may be a password that somebody forgot to quote.
            raise Stop(line, column, f"the alias {what}", "quote a value that begins with *")
        size = self._budget.limits.expanded + 1 if target.places is None else len(target.places)
        self._budget.expand(size, line, column)
        self._budget.depth(len(self._open) + height(target.data), line, column)
        start = len(self.places)
        self.places.extend(target.places or ())
        self._close(target.data, target.text, target.plain, start, (line, column))

    def _close(
        self, value: object, text: str | None, plain: bool, start: int, where: tuple[int, int]
    ) -> None:
        """*value*, whose places begin at *start*, is complete: hand it to what holds it.

        ``text`` of a scalar and ``where`` it stands, for the case that it is a key.
        """
        if not self._open:
            self.root = value
            return
        holder = self._open[-1]
        if not holder.mapping:
            holder.data.append(value)
        elif not holder.keyed:
            if text is None:
                fault = Fault(*where, "a list or mapping cannot be a key")
                self._refuse(holder, start, fault)
            elif text in holder.data or (plain and text in _SPECIAL):
                self._odd_key(holder, text, start, *where)
            else:
                holder.key, holder.keyed = text, True
        elif holder.dropped is None:
            holder.data[holder.key] = value
            holder.keyed = False
        else:
            self._drop(holder, value)

    def _odd_key(self, holder: Open, text: str, start: int, line: int, column: int) -> None:
        """A key that is empty, a merge, or there already. Its place is number *start*."""
        if text in holder.data:
            first = self.places[holder.start + offset(holder.data, text)]
            earlier = first.line if self._detailed else first
            message = f"key {text!r:.80} is already set in line {earlier}"
            self._refuse(holder, start, Fault(line, column, message, "keep one of the two"))
        elif text != "<<":
            self._refuse(holder, start, Fault(line, column, "a key is empty"))
        elif holder.merge is not None:
            message = f"a second << in one mapping, the first is in line {holder.merge.line}"
            hint = "merge a list: <<: [*a, *b]"
            self._refuse(holder, start, Fault(line, column, message, hint))
        else:
            holder.merge = Merge(line, column)
            holder.keyed, holder.dropped = True, start

    def _refuse(self, holder: Open, start: int, fault: Fault) -> None:
        self.faults.append(fault)
        holder.keyed, holder.dropped = True, start

    def _drop(self, holder: Open, value: object) -> None:
        """The value of a key that does not enter the mapping: keep it for a merge only."""
        start = holder.dropped or 0
        merge = holder.merge
        if merge is not None and merge.waits:
            merge.waits, merge.value, merge.places = False, value, self.places[start + 1 :]
        del self.places[start:]
        holder.keyed, holder.dropped = False, None

    def _take_over(self, opened: Open, merge: Merge) -> None:
        """``<<``: take over keys that are not set here; of several sources the first wins."""
        several = isinstance(merge.value, list)
        at = 1 if several else 0
        for source in merge.value if isinstance(merge.value, list) else [merge.value]:
            if not isinstance(source, dict):
                message = "<< takes a mapping or a list of mappings"
                self.faults.append(Fault(merge.line, merge.column, message))
                return
            at += 1
            for name, value in source.items():
                count = 1 + node_count(value)
                if name not in opened.data:
                    opened.data[name] = value
                    self.places.extend(merge.places[at : at + count])
                at += count

"""YAML events to a tree of nodes that know their place. Iterative: depth costs no stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from golive.sources.yaml_limits import Budget, Stop
from golive.sources.yaml_scalars import Dialect, ScalarProblem, resolve

# libyaml is about eight times faster; wheels carry it, a source build may not. The Python
# parser also refuses a tab between a key's colon and its value.
_LOADER: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# Only the Python parser lets escaped surrogates through.
_HALF = re.compile("[\ud800-\udfff]")
_CORE_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Node:
    """One value. ``line``, ``column``: 1-based. ``size``: nodes in it, aliases expanded.

    ``fields`` (mapping) and ``items`` (list) hold the parts; ``text`` the source of a scalar,
    ``plain`` whether that was unquoted. ``height``: levels of nesting in it.
    """

    line: int
    column: int
    data: object = None
    text: str | None = None
    plain: bool = False
    fields: dict[str, tuple[Node, Node]] | None = None
    items: list[Node] | None = None
    size: int = 1
    height: int = 0
    anchor: str | None = None


@dataclass(slots=True)
class Fault:
    """A problem that does not stop the reading of its document."""

    line: int
    column: int
    message: str
    hint: str | None = None


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come. ``key`` waits for its value."""

    node: Node
    key: Node | None = None
    merges: list[tuple[Node, Node]] = field(default_factory=list)


def compose(
    text: str, first_line: int, budget: Budget, dialect: Dialect
) -> tuple[Node | None, list[Fault]]:
    """Node tree of the one document in *text*, which begins at 1-based *first_line*.

    ``None`` with no fault: no document. Raises ``Stop`` where reading cannot go on.
    """
    builder = _Builder(budget, dialect)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            mark = event.start_mark
            if mark is not None:
                builder.take(event, first_line + mark.line, mark.column + 1)
    except yaml.MarkedYAMLError as error:
        raise Stop(*_place(error, text, first_line), *_explain(error, text)) from error
    except yaml.YAMLError as error:
        raise Stop(first_line, 1, f"not YAML: {_one_line(str(error))}") from error
    return builder.root, builder.faults


def _place(error: yaml.MarkedYAMLError, text: str, first_line: int) -> tuple[int, int]:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return first_line, 1
    lines = text.split("\n")
    # The end of a source without a final line break is reported one line further down.
    if mark.line >= len(lines):
        return first_line + len(lines) - 1, len(lines[-1]) + 1
    return first_line + mark.line, mark.column + 1


def _explain(error: yaml.MarkedYAMLError, text: str) -> tuple[str, str | None]:
    parts = [p for p in (error.problem, error.context) if p]
    message = _one_line("not valid YAML: " + ", ".join(parts))
    mark = error.problem_mark
    lines = text.split("\n")
    if mark is not None and mark.line < len(lines):
        line = lines[mark.line]
        if "\t" in line[: len(line) - len(line.lstrip())] or line[mark.column :][:1] == "\t":
            return message, "indent with spaces; YAML forbids tabs there"
        if line[mark.column :][:1] in ("%", "@", "`"):
            return message, "quote a value that begins with this character"
        if error.problem and "mapping values are not allowed" in error.problem:
            return message, "quote a value that holds ': ', and check the indentation"
    return message, None


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


class _Builder:
    """Takes events one by one; ``root`` is complete after the last."""

    def __init__(self, budget: Budget, dialect: Dialect) -> None:
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self._budget = budget
        self._dialect = dialect
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}

    def take(self, event: yaml.Event, line: int, column: int) -> None:
        """One event at *line* and *column*, 1-based."""
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, line, column)
            self._close(node)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            self._start(event, line, column)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor or "", line, column)

    def _scalar(self, event: yaml.ScalarEvent, line: int, column: int) -> Node:
        self._budget.node(line, column)
        # implicit[0]: unquoted and untagged, so the text decides the type.
        plain = bool(event.implicit[0])
        if not event.value.isascii() and _HALF.search(event.value):
            self.faults.append(Fault(line, column, "an escape stands for half a character"))
        node = Node(line, column, event.value, event.value, plain, anchor=event.anchor)
        tag = (event.tag or "").removeprefix(_CORE_TAG)
        try:
            if plain:
                node.data = resolve(event.value, self._dialect)
            elif tag not in ("", "!", "str"):
                node.data = _tagged(tag, event.value, self._dialect)
        except ScalarProblem as problem:
            self.faults.append(Fault(line, column, str(problem), problem.hint))
        return node

    def _start(
        self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent, line: int, column: int
    ) -> None:
        self._budget.node(line, column)
        self._budget.depth(len(self._open) + 1, line, column)
        mapping = isinstance(event, yaml.MappingStartEvent)
        tag = (event.tag or "").removeprefix(_CORE_TAG)
        if tag not in ("", "!", "map" if mapping else "seq"):
            self.faults.append(_unsupported_tag(tag, line, column))
        node = Node(line, column, anchor=event.anchor)
        if mapping:
            node.fields = {}
        else:
            node.items = []
        self._open.append(_Open(node))

    def _end(self) -> None:
        opened = self._open.pop()
        node = opened.node
        if node.fields is not None:
            self._merge(opened)
            node.data = {name: value.data for name, (_, value) in node.fields.items()}
            parts = [value for _, value in node.fields.values()]
            node.size += sum(1 + value.size for value in parts)
            node.height = 1 + max((value.height for value in parts), default=0)
        elif node.items is not None:
            node.data = [item.data for item in node.items]
            node.size += sum(item.size for item in node.items)
            node.height = 1 + max((item.height for item in node.items), default=0)
        self._close(node)

    def _alias(self, name: str, line: int, column: int) -> None:
        target = self._anchors.get(name)
        if target is None:
            inside = any(opened.node.anchor == name for opened in self._open)
            what = "stands inside the value it repeats" if inside else "has no anchor before it"
            raise Stop(line, column, f"alias *{name} {what}")
        self._budget.expand(target.size, line, column)
        self._budget.depth(len(self._open) + target.height, line, column)
        self._close(target)

    def _close(self, node: Node) -> None:
        """*node* is complete: hand it to what holds it."""
        if node.anchor is not None:
            self._anchors[node.anchor] = node
        if not self._open:
            self.root = node
            return
        holder = self._open[-1]
        if holder.node.items is not None:
            holder.node.items.append(node)
        elif holder.key is None:
            holder.key = node
        else:
            key, holder.key = holder.key, None
            self._entry(holder, key, node)

    def _entry(self, holder: _Open, key: Node, value: Node) -> None:
        if key.text is None:
            self.faults.append(Fault(key.line, key.column, "a list or mapping cannot be a key"))
            return
        if key.plain and key.text in ("", "~", "null"):
            self.faults.append(Fault(key.line, key.column, "a key is empty"))
            return
        if key.plain and key.text == "<<":
            if holder.merges:
                first = holder.merges[0][0].line
                message = f"a second << in one mapping, the first is in line {first}"
                hint = "merge a list: <<: [*a, *b]"
                self.faults.append(Fault(key.line, key.column, message, hint))
            holder.merges.append((key, value))
            return
        fields = holder.node.fields
        if fields is None:  # pragma: no cover - a key is only ever held by a mapping
            return
        earlier = fields.get(key.text)
        if earlier is not None:
            self.faults.append(
                Fault(
                    key.line,
                    key.column,
                    f"key {key.text!r:.80} is already set in line {earlier[0].line}",
                    "keep one of the two",
                )
            )
            return
        fields[key.text] = (key, value)

    def _merge(self, opened: _Open) -> None:
        """``<<``: take over keys that are not set here; of several sources the first wins."""
        fields = opened.node.fields
        if fields is None or not opened.merges:
            return
        key, value = opened.merges[0]
        sources = value.items if value.items is not None else [value]
        for source in sources:
            if source.fields is None:
                message = "<< takes a mapping or a list of mappings"
                self.faults.append(Fault(key.line, key.column, message))
                return
            for name, entry in source.fields.items():
                fields.setdefault(name, entry)


def _tagged(tag: str, text: str, dialect: Dialect) -> object:
    kinds: dict[str, tuple[type, ...]] = {
        "int": (int,),
        "float": (int, float),
        "bool": (bool,),
        "null": (type(None),),
    }
    if tag not in kinds:
        msg = f"tag {_shown(tag)} is not supported"
        raise ScalarProblem(msg, "write a plain value")
    value = resolve(text, dialect)
    if not isinstance(value, kinds[tag]) or (isinstance(value, bool) and tag != "bool"):
        msg = f"{text!r:.60} is no {tag}"
        raise ScalarProblem(msg)
    return float(value) if tag == "float" and isinstance(value, int | float) else value


def _unsupported_tag(tag: str, line: int, column: int) -> Fault:
    return Fault(line, column, f"tag {_shown(tag)} is not supported", "write a plain value")


def _shown(tag: str) -> str:
    return tag[:60] if tag.startswith("!") else f"!!{tag[:60]}"


def walk(node: Node) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    """Every node with its path, outermost first; aliased ones once per use."""
    stack: list[tuple[tuple[str | int, ...], Node]] = [((), node)]
    while stack:
        path, current = stack.pop()
        yield path, current
        parts: list[tuple[str | int, Node]] = []
        if current.fields is not None:
            parts = [(name, value) for name, (_, value) in current.fields.items()]
        elif current.items is not None:
            parts = list(enumerate(current.items))
        stack.extend(((*path, part), child) for part, child in reversed(parts))

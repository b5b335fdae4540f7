"""YAML files that people write: read once, strictly, with the line of what is wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linreg_book.errors import PublishingError

if TYPE_CHECKING:
    import yaml

_DEEPEST = 40


def read_yaml_map(path: Path) -> dict[str, Any]:
    """A YAML file that holds a map (an empty file holds an empty one).

    Raises:
        PublishingError: naming the file, and the line where there is one: it cannot be read, is
            no YAML, is nested too deeply, names a key twice or by something else than text, or
            holds something else than a map.
    """
    import yaml

    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise PublishingError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise PublishingError(f"{path}, line {line}: no UTF-8; save the file as UTF-8") from None
    try:
        _check_depth(text)
        content = yaml.load(text, Loader=_strict_loader())  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}, line {mark.line + 1}" if mark else str(path)
        raise PublishingError(f"{place}: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise PublishingError(f"{path}: {' '.join(str(error).split())}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise PublishingError(f"{path}: expected a map, got a {type(content).__name__}")
    return content


def _check_depth(text: str) -> None:
    """Refuse what would exhaust the stack of the parser, which builds by recursion."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise yaml.MarkedYAMLError(
                problem=f"nested more than {_DEEPEST} deep", problem_mark=event.start_mark
            )


@cache
def _strict_loader() -> type[yaml.SafeLoader]:
    import yaml

    class StrictLoader(yaml.SafeLoader):
        """Keys are text and stand once; no value escapes as an error without a line."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            seen: set[str] = set()
            for key, _ in node.value if isinstance(node, yaml.MappingNode) else []:
                if key.tag == "tag:yaml.org,2002:merge":
                    continue
                if key.tag != "tag:yaml.org,2002:str":
                    shown = key.value if isinstance(key, yaml.ScalarNode) else "a list or map"
                    self._refuse(f"the key {str(shown)[:60]} is no text; put it in quotes", key)
                if key.value in seen:
                    self._refuse(f"the key {key.value[:60]!r} stands twice in one map", key)
                seen.add(key.value)
            return super().construct_mapping(node, deep)

        def construct_object(self, node: Any, deep: bool = False) -> Any:
            try:
                return super().construct_object(node, deep)
            except yaml.YAMLError:
                raise
            except Exception:  # whatever int(), float(), date() say of a text
                kind = node.tag.rpartition(":")[2]
                self._refuse(f"{_start(node)} cannot be read as {kind}", node)

        def _refuse(self, problem: str, node: Any) -> None:
            raise yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark)

    return StrictLoader


def _start(node: Any) -> str:
    value = str(node.value)
    return repr(value if len(value) <= 40 else f"{value[:40]}...")

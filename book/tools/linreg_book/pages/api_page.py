"""The reference page, read from the sources' docstrings without importing anything."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from linreg_book.markup import code_block

WIDTH = 84
ROOMS = ("networks", "geometry", "theory", "experiments", "figures")
_PROSE_SECTIONS = ("Example", "Examples", "Notes", "Source", "Sources", "References", "See Also")
Definition = ast.FunctionDef | ast.ClassDef
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>$|#])")


@dataclass(frozen=True, kw_only=True)
class _Documented:
    module: str
    node: Definition


def api_markdown(library: Path, tools: Path) -> str:
    """Everything public that has a docstring, room by room, and what chapters import of the tools.

    What a module offers are its functions and classes without a leading underscore; of a room,
    those that its ``__init__`` names in ``__all__``, if it does.
    """
    parts = []
    packages = {f"linreg_lib.{room}": library / room for room in ROOMS} | {"linreg_book": tools}
    for package, folder in packages.items():
        if not folder.is_dir():
            continue
        about = ast.get_docstring(_parse(folder / "__init__.py")) or ""
        parts.append(f"## {package}\n\n{_prose(about)}\n")
        parts += [_entry(found) for found in _documented(folder, package)]
    leaves = [library / "estimate.py", library / "errors.py"]
    if any(path.is_file() for path in leaves):
        parts.append("## Estimates and errors\n")
        for path in leaves:
            parts += [_entry(found) for found in _in_module(path, f"linreg_lib.{path.stem}", None)]
    return "\n".join(parts)


def _documented(folder: Path, package: str) -> Iterable[_Documented]:
    exported = _exported_names(folder / "__init__.py")
    for path in sorted(folder.rglob("*.py")):
        relative = path.relative_to(folder).with_suffix("")
        if path.name.startswith("_"):
            continue
        module = ".".join([package, *relative.parts])
        yield from _in_module(path, module, exported)


def _in_module(path: Path, module: str, exported: set[str] | None) -> Iterable[_Documented]:
    for node in _parse(path).body:
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        if exported is not None and node.name not in exported:
            continue
        if ast.get_docstring(node):
            yield _Documented(module=module, node=node)


def _exported_names(path: Path) -> set[str] | None:
    for node in ast.walk(_parse(path)):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            try:
                return set(ast.literal_eval(node.value))  # type: ignore[attr-defined]
            except ValueError:
                return None
    return None


def _parse(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return ast.Module(body=[], type_ignores=[])


def _entry(found: _Documented) -> str:
    node = found.node
    lines = [
        f"### `{node.name}`\n",
        f"*{found.module}*\n",
        code_block(_wrapped(_signature(node)), "python"),
    ]
    lines.append(_docstring(ast.get_docstring(node) or ""))
    if isinstance(node, ast.ClassDef):
        for method in node.body:
            if (
                isinstance(method, ast.FunctionDef)
                and not method.name.startswith("_")
                and (text := ast.get_docstring(method))
            ):
                lines.append(code_block(_wrapped(_signature(method)), "python"))
                lines.append(_docstring(text))
    return "\n".join(lines)


def _signature(node: Definition) -> str:
    if isinstance(node, ast.ClassDef):
        made = next(
            (
                method
                for method in node.body
                if isinstance(method, ast.FunctionDef) and method.name == "__init__"
            ),
            None,
        )
        if made is not None:
            return f"class {node.name}({_arguments(made).removeprefix('self').lstrip(', ')})"
        fields = [
            ast.unparse(field)
            for field in node.body
            if isinstance(field, ast.AnnAssign) and not ast.unparse(field.target).startswith("_")
        ]
        return f"class {node.name}" + (f"({', '.join(fields)})" if fields else "")
    decorators = {ast.unparse(one) for one in node.decorator_list}
    arguments = _arguments(node)
    if decorators & {"property", "kept_answer", "cached_property", "functools.cached_property"}:
        returns = f": {ast.unparse(node.returns)}" if node.returns else ""
        return f".{node.name}{returns}"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    dotted = re.match(r"(self|cls)\b,?\s*", arguments)
    if dotted:
        return f".{node.name}({arguments[dotted.end() :]}){returns}"
    return f"{node.name}({arguments}){returns}"


def _arguments(node: ast.FunctionDef) -> str:
    return ast.unparse(node.args)


def _docstring(text: str) -> str:
    """Prose as prose; titled sections, lists, doctests and formulas as they stand."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip()):
        titled = re.match(r"(?P<title>\w[\w ]*)(?::\n(?=\s)|\n-{3,}\n?)", block)
        if titled:
            parts.append(f"**{titled['title']}**\n")
            block = block[titled.end() :]
        if not block.strip():
            continue
        if block.lstrip().startswith(">>>"):
            parts.append(code_block(textwrap.dedent(block), "pycon"))
        elif (titled and titled["title"] not in _PROSE_SECTIONS) or re.search(
            r"^(?:\s{2,}|\s*(?:[-*]|\d+\.) )", block, re.M
        ):
            parts.append(code_block(textwrap.dedent(block), "text"))
        else:
            parts.append(_prose(block) + "\n")
    return "\n".join(parts) + "\n"


def _wrapped(signature: str) -> str:
    """One argument a line where the signature is long."""
    if len(signature) <= WIDTH or "(" not in signature:
        return signature
    head, _, rest = signature.partition("(")
    depth, lines, line, end = 0, [], "", len(rest)
    for index, letter in enumerate(rest):
        if letter == ")" and depth == 0:
            end = index
            break
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            lines.append(line.strip() + ",")
            line = ""
        else:
            line += letter
    if line.strip():
        lines.append(line.strip() + ",")
    return "\n".join([f"{head}(", *(f"    {one}" for one in lines), rest[end:]])


def _prose(text: str) -> str:
    # Code in double or single backticks stays code; everything else is taken literally.
    parts = re.split(r"(``.+?``|:\w+:`[^`]+`|`[^`\n]+`)", text, flags=re.S)
    written = []
    for part in parts:
        role = re.fullmatch(r":\w+:`~?([^`]+)`", part)
        if role:
            written.append(f"`{role[1]}`")
        elif part.startswith("`") and part.endswith("`") and len(part) > 2:
            written.append(f"`{part.strip('`').strip()}`")
        else:
            written.append(_SPECIAL.sub(r"\\\1", part))
    return "".join(written)

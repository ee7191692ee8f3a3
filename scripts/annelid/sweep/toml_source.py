"""TOML files of which every fault is told with its line: `file:line: key = value (why): advice`."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from annelid.text import display_path

KEY = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
KEYS = re.compile(rf"{KEY}(?:\s*\.\s*{KEY})*")
SYNTAX_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


class InputError(Exception):
    """What is wrong with what the user gave, one line a fault."""

    def __init__(self, lines: list[str] | str) -> None:
        self.lines = [lines] if isinstance(lines, str) else lines
        super().__init__("\n".join(self.lines))


def literal(value: Any) -> str:
    """A value as TOML writes it, so that `--set` reads it back."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {literal(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(literal(part) for part in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def as_text(value: Any) -> str:
    """A value for people: texts without quotes."""
    return value if isinstance(value, str) else literal(value)


class Source:
    """A file, its table, and the line of each of its keys."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = display_path(path)
        try:
            self.text = path.read_text(encoding="utf-8")
            self.table = tomllib.loads(self.text)
        except FileNotFoundError:
            raise InputError(f"{self.name}: no such file (nothing was read): "
                             "give the path of a TOML file") from None
        except tomllib.TOMLDecodeError as fault:
            found = SYNTAX_LINE.search(str(fault))
            line = f":{found[1]}" if found else ""
            what = SYNTAX_LINE.sub("", str(fault))
            raise InputError(f"{self.name}{line}: no valid TOML ({what}): see toml.io") from None
        except (OSError, UnicodeDecodeError) as fault:
            raise InputError(f"{self.name}: not readable ({fault}): give a TOML file") from None
        self.lines = _lines(self.text)

    def where(self, *keys: str) -> str:
        """`file:line` of a key, or of the table around it."""
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.lines:
                return f"{self.name}:{self.lines[keys[:length]]}"
        return self.name

    def fault(self, keys: tuple[str, ...], why: str, advice: str) -> str:
        """One line about a key, with its value where it has a short one."""
        value: Any = self.table
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        name = ".".join(key if re.fullmatch(r"[\w-]+", key) else f'"{key}"' for key in keys)
        shown = "" if value is None or isinstance(value, dict) else f" = {literal(value)}"
        if len(shown) > 60:
            shown = shown[:56] + " …"
        return f"{self.where(*keys)}: {name}{shown} ({why}): {advice}"


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """The line of every header and of every key that begins a line."""
    found: dict[tuple[str, ...], int] = {}
    header: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.lstrip()
        opening = stripped.startswith("[")
        match = KEYS.match(stripped.lstrip("[ "))
        if not match:
            continue
        keys = tuple(part.strip("\"'") for part in re.findall(KEY, match[0]))
        if opening:
            header = keys
            found.setdefault(header, number)
        elif re.match(r"\s*=", stripped[match.end():]):
            found.setdefault(header + keys, number)
    return found


REQUIRED = object()
NAMES = {int: "a whole number", str: "a text", bool: "true or false", dict: "a table",
         list: "a list"}


class Reader:
    """Takes the keys of one table; what is wrong is kept in `faults` until all has been read."""

    def __init__(self, source: Source, faults: list[str], at: tuple[str, ...] = ()) -> None:
        self.source, self.faults, self.at = source, faults, at
        self.table: Any = source.table
        for key in at:
            self.table = self.table[key]
        self.known: list[str] = []

    def fault(self, key: str, why: str, advice: str) -> None:
        self.faults.append(self.source.fault((*self.at, key), why, advice))

    def take(self, key: str, kind: type, default: Any = REQUIRED, least: int | None = None,
             advice: str = "") -> Any:
        """The value of a key; its default, too, where it is wrong, which is noted."""
        self.known.append(key)
        fallback = None if default is REQUIRED else default
        if key not in self.table:
            if default is REQUIRED:
                self.fault(key, "it is required", advice or f"give {NAMES[kind]}")
            return fallback
        value = self.table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(key, f"it is no {NAMES[kind].removeprefix('a ')}",
                       advice or f"give {NAMES[kind]}")
            return fallback
        if least is not None and value < least:
            self.fault(key, f"at least {least}", advice or f"try {least}")
            return fallback
        return value

    def choose(self, key: str, names: tuple[str, ...], default: str) -> str:
        value = self.take(key, str, default)
        if value not in names:
            self.fault(key, "there is no such choice", "use " + ", ".join(names[:-1])
                       + f" or {names[-1]}")
            return default
        return value

    def finish(self) -> None:
        """Notes the keys that nobody has taken."""
        for key in self.table:
            if key not in self.known:
                self.fault(key, "unknown key", "known here: " + ", ".join(self.known))

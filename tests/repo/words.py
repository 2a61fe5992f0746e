"""Checks that prose uses plain words: `python -m tests.repo.words [PATH...]`, paths from the root of the repository.

It reads comments, docstrings, sentences (strings with a blank) and the names of functions and classes of Python,
comments of JavaScript and CSS, the text of templates and of Markdown outside code. The list is the glossary of
CONTRIBUTING.md; each entry names a replacement.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A pattern that plain English does without, and what to write.
WORDS = {
    r"(?<!there )is no (?!longer|more|such)\w+": "is not a ...; 'x is not a valid y: use ...'",
    r"whoever|whomever|whatever is": "the noun: the caller, the client, the process",
    r"whence|thence|whither|hither|thereupon|whereupon|upon": "from where, after that, on",
    r"anew|once more": "again",
    r"reckon(s|ed|ing)?": "calculate",
    r"mend(s|ed|ing)?": "fix, correct, remedy",
    r"tell(s|ing)?|told": "notify, report, say",
    r"hear(s|ing)?|heard": "receive",
    r"believ(e|es|ed|ing)": "trust",
    r"(take|takes|taken|taking|took) up(?! to)": "claim",
    r"(send|sends|sent) away|(let|lets) go": "reject, close",
    r"(go|goes|went) home": "end, return",
    r"way in|the door|a door|doors": "entry point, public module",
    r"lanes?": "queue",
    r"happenings?": "activity",
    r"nudg(e|es|ed|ing)": "message, wake",
    r"of late|of its own accord|at the worst moment|for ever": "recently; by itself; permanently",
    r"(behind|beside) (its|their|our) backs?|on (its|their|the) heels": "the time: after, while, immediately after",
    r"nobody|somebody|anybody": "no client, a user, any reader",
    r"(?<!type )hints?": "notification",
    r"guest feeds?": "temporary feed",
    r"so many": "n, this many",
    r"(come|comes|came) to (?=\d|the sum|anything|what)": "amount to",
    r"knows? (no|nothing|what|whom|how|which)": "does not import; depends on",
}
PATTERNS = [(re.compile(rf"\b(?:{word})(?!\w)", re.IGNORECASE), remedy) for word, remedy in WORDS.items()]
# Names that stay until their module is changed anyway (exports/renditions/make.py).
KEPT_NAMES = {"_tell"}
# A line with this comment is not checked.
ALLOWED = "words: ok"
CODE = re.compile(r"`[^`]*`")
# Markdown between these two is not checked.
OFF, ON = "<!-- words: off -->", "<!-- words: on -->"
SQL = r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH) |\b(GROUP BY|LIMIT 1|FOR UPDATE|HAVING|ORDER BY)\b|^\(state = "
SUFFIXES = (".py", ".md", ".html", ".js", ".css")
# Besides hidden folders: packages, generated files, and migrations, which are history.
SKIPPED = {"node_modules", "staticfiles", "results", "migrations"}
# All files; `.github` is named because hidden folders are skipped.
DEFAULT_PATHS = (".", ".github")
Prose = Iterator[tuple[int, str]]


def main(paths: Sequence[str]) -> int:
    """Print each finding as `file:line: words -> remedy`; the exit code is 1 when there is one."""
    found = [line for path in prose_files(paths) for line in check(path)]
    print("\n".join(found), end="\n" if found else "")
    if found:
        print(f"{len(found)} places without plain words", file=sys.stderr)
    return int(bool(found))


def prose_files(paths: Sequence[str] = ()) -> Iterator[Path]:
    """Every file at or below `paths` that holds prose; raises `FileNotFoundError` for a path that does not exist."""
    for place in paths or DEFAULT_PATHS:
        if not (ROOT / place).exists():
            raise FileNotFoundError(f"{place} does not exist: name files or folders below {ROOT}.")
        for path in sorted([ROOT / place, *(ROOT / place).rglob("*")]):
            parts = path.relative_to(ROOT / place).parts
            is_skipped = path == Path(__file__) or any(part in SKIPPED or part.startswith(".") for part in parts)
            if path.suffix in SUFFIXES and path.is_file() and not is_skipped:
                yield path


def check(path: Path) -> list[str]:
    """The findings of one file."""
    return [f"{path.relative_to(ROOT)}:{finding}" for finding in findings(path.suffix, path.read_text())]


def findings(suffix: str, source: str) -> list[str]:
    """The findings in the text of a file whose name ends in `suffix`; names in backticks are code."""
    lines = source.split("\n")
    readers = {".py": _python, ".md": _markdown, ".html": _markup}
    return [
        f"{line}: {match.group()!r} -> {remedy}"
        for line, text in readers.get(suffix, _script)(source)
        if ALLOWED not in lines[line - 1]
        for pattern, remedy in PATTERNS
        for match in pattern.finditer(CODE.sub(" ", text))
    ]


def _python(source: str) -> Prose:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], _without_code(token.string)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_prose(node.value):
            last_line = node.end_lineno or node.lineno
            for offset, line in enumerate(node.value.split("\n")):
                yield min(node.lineno + offset, last_line), _without_code(line)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name not in KEPT_NAMES:
            yield node.lineno, _words_of(node.name)


def _is_prose(text: str) -> bool:
    return " " in text.strip() and not re.search(SQL, text)


def _words_of(name: str) -> str:
    return re.sub(r"_|(?<=[a-z])(?=[A-Z])", " ", name)


def _without_code(line: str) -> str:
    return re.sub(r"`[^`]*`", "", line)


def _markdown(source: str) -> Prose:
    is_code = is_off = False
    for number, line in enumerate(source.split("\n"), 1):
        is_code ^= line.lstrip().startswith("```")
        is_off = line == OFF or (is_off and line != ON)
        if not is_code and not is_off:
            yield number, re.sub(r"\]\([^)]*\)", "]", line)


def _markup(source: str) -> Prose:
    for number, line in enumerate(source.split("\n"), 1):
        yield number, re.sub(r"<[^>]*>|\{[{%][^}]*[%}]\}", " ", line)


def _script(source: str) -> Prose:
    is_comment = False
    for number, line in enumerate(source.split("\n"), 1):
        start = line.find("/*") if not is_comment else 0
        slashes = re.search(r"(?<!:)//", line)
        if is_comment or start >= 0:
            is_comment = "*/" not in line
            yield number, line[max(start, 0) :]
        elif slashes:
            yield number, line[slashes.start() :]
        yield from ((number, text) for text in re.findall(r'"[^"]* [^"]*"|`[^`]* [^`]*`', line))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

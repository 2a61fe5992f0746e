"""Checks that prose in code and docs uses plain words: `python -m tests.repo.words`.

It reads comments, docstrings and sentences (strings with a blank) of Python, comments of JavaScript and CSS, the text
of templates and of Markdown outside code. The list is the glossary of CONTRIBUTING.md; each entry names a replacement.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A pattern that plain English does without, and what to write.
WORDS = {
    r"(?<!there )is no (?!longer|more|such)\w+": "is not a ...; 'x is not a valid y: use ...'",
    r"whoever|whomever|whatever is": "the noun: the caller, the client, the process",
    r"whence|thence|whither|hither|thereupon|whereupon|upon": "from where, after that, on",
    r"anew": "again",
    r"reckon(s|ed|ing)?": "calculate",
    r"mend(s|ed|ing)?": "fix, remedy",
    r"tell(s|ing)?|told": "notify, report, say",
    r"hear(s|ing)?|heard": "receive",
    r"believ(e|es|ed|ing)": "trust",
    r"take(s|n)? up": "claim",
    r"sen(d|ds|t) away": "reject, close",
    r"way in|the door|a door|doors": "entry point, public module",
    r"lanes?": "queue",
    r"happenings?": "activity",
    r"of late|of its own accord|at the worst moment|for ever": "recently; by itself; permanently",
    r"nobody|somebody|anybody": "no client, a user, any reader",
    r"hints?": "notification",
    r"guest feeds?": "temporary feed",
    r"so many": "n, this many",
    r"come(s)? to (?=\d|the sum|anything|what)": "amount to",
    r"knows? (no|nothing|what|whom|how|which)": "does not import; depends on",
}
PATTERNS = [(re.compile(rf"\b(?:{word})(?!\w)", re.IGNORECASE), remedy) for word, remedy in WORDS.items()]
# A line with this comment is not checked.
ALLOWED = "words: ok"
SQL = r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH) |\b(GROUP BY|LIMIT 1|FOR UPDATE|HAVING|ORDER BY)\b|^\(state = "
SUFFIXES = (".py", ".md", ".html", ".js", ".css")
Prose = Iterator[tuple[int, str]]


def main() -> int:
    """Print each finding as `file:line: words -> remedy`; the exit code is 1 when there is one."""
    found = [line for path in prose_files() for line in check(path)]
    print("\n".join(found))
    print(f"{len(found)} places without plain words", file=sys.stderr) if found else None
    return int(bool(found))


def prose_files() -> list[Path]:
    """Every tracked file that holds prose; migrations and this list are history and data."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    paths = [ROOT / name for name in names if name.endswith(SUFFIXES) and "/migrations/" not in name]
    return [path for path in paths if path != Path(__file__).resolve() and path.exists()]


def check(path: Path) -> list[str]:
    """The findings of one file."""
    readers = {".py": _python, ".md": _markdown}
    source = path.read_text()
    prose = readers.get(path.suffix, _markup if path.suffix == ".html" else _script)(source)
    lines = source.split("\n")
    return [
        f"{path.relative_to(ROOT)}:{line}: {match.group()!r} -> {remedy}"
        for line, text in prose
        if ALLOWED not in lines[line - 1]
        for pattern, remedy in PATTERNS
        for match in pattern.finditer(text)
    ]


def _python(source: str) -> Prose:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], _without_code(token.string)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_prose(node.value):
            for offset, line in enumerate(node.value.split("\n")):
                yield node.lineno + offset, _without_code(line)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.lineno, node.name.replace("_", " ")


def _is_prose(text: str) -> bool:
    return " " in text.strip() and not re.search(SQL, text)


def _without_code(line: str) -> str:
    return re.sub(r"`[^`]*`", "", line)


def _markdown(source: str) -> Prose:
    is_code = False
    for number, line in enumerate(source.split("\n"), 1):
        is_code ^= line.lstrip().startswith("```")
        if not is_code:
            yield number, re.sub(r"`[^`]*`|\]\([^)]*\)", "", line)


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
    sys.exit(main())

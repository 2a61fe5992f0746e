"""The word list finds words that plain English does without, in prose and not in code."""

from __future__ import annotations

import pytest

from tests.repo import words


@pytest.mark.parametrize(
    "sentence",
    [
        "The hub tells every screen.",  # words: ok
        "'x' is no prefix.",  # words: ok
        "Whoever asks for it waits.",  # words: ok
        "Another process takes up the job.",  # words: ok
        "The sum is reckoned anew.",  # words: ok
    ],
)
def test_it_finds(sentence: str) -> None:
    assert words.findings(".md", sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "There is no row.",
        "The run is no longer active.",
        "The disk took up to 258 ms.",
        "Type hints are checked by mypy.",
        "The set `nobody-finishes-a-stop` is a name.",
        "It tells the story.  <!-- words: ok -->",
    ],
)
def test_it_accepts(sentence: str) -> None:
    assert words.findings(".md", sentence) == []


@pytest.mark.parametrize(
    ("suffix", "source"),
    [
        (".py", "# Nobody reads it.\n"),  # words: ok
        (".py", 'def test_nobody_reads_it(): """."""\n'),
        (".py", 'class NobodyReads: """."""\n'),
        (".js", "// nobody reads it\n"),  # words: ok
        (".css", "/* nobody\n   reads it */\n"),  # words: ok
        (".html", "<p class=x>Nobody reads it</p>\n"),  # words: ok
    ],
)
def test_it_reads_the_prose_of_a_file(suffix: str, source: str) -> None:
    (finding,) = words.findings(suffix, source)
    assert "'nobody' ->" in finding.lower()  # words: ok


@pytest.mark.parametrize(
    ("suffix", "source"),
    [
        (".py", 'nobody = names["nobody"]\n'),  # words: ok
        (".md", "```\nnobody\n```\n"),
        (".md", "<!-- words: off -->\nnobody\n<!-- words: on -->\n"),  # words: ok
    ],
)
def test_it_reads_no_code(suffix: str, source: str) -> None:
    assert words.findings(suffix, source) == []


def test_a_path_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="nothere does not exist"):
        words.main(["nothere"])


def test_it_accepts_files_and_folders() -> None:
    found = {path.relative_to(words.ROOT).as_posix() for path in words.prose_files(["docs", "README.md"])}
    assert {"README.md", "docs/api.md", "docs/decisions/README.md"} <= found
    assert "docs/figures.json" not in found

"""The table "sentence → test" in docs/reference/python-api.md, made from the tests' docstrings.

`python reference_table.py --write` renews it; test_reference_table.py proves it fresh.
"""

import ast
import pathlib
import sys

TESTS = pathlib.Path(__file__).parent
REFERENCE = TESTS.parent.parent / "docs" / "reference" / "python-api.md"
BEGIN = "<!-- sentences: made by python/tests/reference_table.py -->\n"
END = "<!-- end of sentences -->\n"

# In the order of the document.
FILES = [
    ("Access to the APIs", "test_access.py"),
    ("Start and stop agent", "test_start_and_stop.py"),
    ("Business transaction management", "test_business_transactions.py"),
    ("Exit call management", "test_exit_calls.py"),
    ("Context managers", "test_context_managers.py"),
]


def sentences(file):
    """The sentences in a test file, each with its test."""
    module = ast.parse((TESTS / "mission" / file).read_text(encoding="utf-8"))
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield ast.get_docstring(node), node.name


def table():
    """The tables of all sections."""
    lines = []
    for title, file in FILES:
        lines += [f"### {title}", "", f"In [`python/tests/mission/{file}`](../../python/tests/mission/{file}).", ""]
        lines += ["| Sentence | Test |", "|---|---|"]
        for sentence, test in sentences(file):
            lines.append("| " + sentence.replace("|", "\\|") + f" | `{test}` |")
        lines.append("")
    return "\n".join(lines)


def with_table(reference):
    """The reference with a fresh table."""
    before, rest = reference.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + "\n" + table() + END + after


if __name__ == "__main__":
    fresh = with_table(REFERENCE.read_text(encoding="utf-8"))
    if "--write" in sys.argv:
        REFERENCE.write_text(fresh, encoding="utf-8")
    else:
        print(table())

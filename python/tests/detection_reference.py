"""Makes docs/reference/python-detection.md out of the hooks' own data.

`python detection_reference.py` writes it; test_detection_reference.py proves it fresh.
"""

import pathlib

from appdynamics.agent.detection.table import HOOKS

REFERENCE = pathlib.Path(__file__).parent.parent.parent / "docs" / "reference" / "python-detection.md"

HEAD = """\
# What is detected in Python

Generated from `python/appdynamics/agent/detection/table.py`; do not edit.

A library is touched only when the program imports it. `tested` names the versions whose own code ran in the tests
(`python/tests/hooks`); others work as long as they have what is named under `in front of`, and `tierline doctor` tells
when they have not. [The guide](../guide/python-agent.md#without-code) says what comes of it and how to switch it off.
"""

SECTIONS = {
    "entry": ("Business transactions", "Requests, tasks and messages that come in."),
    "exit": ("Exit calls", "What leaves the tier."),
    "error": ("Errors", "What frameworks answer themselves, so that nobody else sees it."),
    "context": ("Contexts", "Where a transaction goes along."),
}


def document():
    """The whole document."""
    lines = [HEAD]
    for kind, (title, what) in SECTIONS.items():
        lines += [f"## {title}", "", what, "", "| Library | In front of | Detects | Tested |", "|---|---|---|---|"]
        for hook in HOOKS:
            if hook.kind == kind:
                places = f"`{hook.module}`: {hook.patches}"
                lines.append(f"| {hook.library} | {places} | {hook.detects} | {hook.tested} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    REFERENCE.write_text(document(), encoding="utf-8")

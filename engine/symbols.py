"""The symbols of the ops' rows, for the browser's code.

`python -m engine.symbols > static/js/state/op-symbols.js` writes them.
"""

import sys
from collections import defaultdict

from engine.ops import OPS


def module() -> str:
    """A JavaScript module: for each symbol the names of the ops that bear it; an op that is missing bears its own name."""
    bearers: dict[str, list[str]] = defaultdict(list)
    for name, op in OPS.items():
        if op.symbol != name:
            bearers[op.symbol].append(name)
    lines = (f"  '{symbol}': '{' '.join(sorted(names))}'," for symbol, names in sorted(bearers.items()))
    return "\n".join((
        "// Generated from the rows of the ops: `python -m engine.symbols > static/js/state/op-symbols.js`.",
        "",
        "/** For each symbol the ops that bear it; an op that is not here bears its own name. @type {Record<string, string>} */",
        "export const BEARERS = {",
        *lines,
        "};",
        "",
    ))  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(module())

"""The graph of a derivative on PyTorch's own samples, as one number for each op; `python -m tests.engine.second_graphs` makes the stored ones.

With `NAME...` those graphs of PyTorch's are printed, to be read beside ours.
"""

import json
import sys
import warnings
import zlib
from pathlib import Path

from tests.engine.sample_calls import called, leaves_of, made, weights
from tests.engine.sample_store import Reader

FIXTURE = Path(__file__).parents[1] / "fixtures" / "second_graphs.json"
MOST = 400
"""A graph is walked so far."""


def walked(node, known) -> str:
    """Each node before its edges, in brackets; `=` and its place is one that was told before, `.` a leaf, `#` the result that an edge leads to."""
    if node is None:
        return "-"
    if hasattr(node, "variable"):
        return "."
    if id(node) in known:
        return f"={known[id(node)][0]}"
    if len(known) > MOST:
        return "~"
    known[id(node)] = (len(known), node)
    edges = (walked(each, known) + (f"#{place}" if place else "") for each, place in node.next_functions)
    return f"{node.name()}({' '.join(edges)})"


def second_graph(torch, how, reach, args, kwargs) -> str | None:
    """The graph of the gradients of one sample under `create_graph`; None where nothing is differentiated, or not twice."""
    leaves: list = []
    every: list = []
    torch.manual_seed(0)
    try:
        args, kwargs = (made(torch, each, leaves, every, None, None) for each in (args, kwargs))
        result = leaves_of(torch, called(torch, how, reach, args, kwargs))
        tracked = [each for each in result if isinstance(each, torch.Tensor) and each.requires_grad]
        if not tracked or not leaves:
            return None
        seeds = [weights(torch, each, place).requires_grad_() for place, each in enumerate(tracked)]
        found = torch.autograd.grad(tracked, leaves, seeds, create_graph=True, allow_unused=True)
    except (RuntimeError, ValueError, TypeError, IndexError, NotImplementedError):
        return None
    known: dict = {}
    return " | ".join("none" if each is None else walked(each.grad_fn, known) for each in found)


def graphs(torch, reach, name: str, stored: Reader) -> list[str | None]:
    op = stored.text["ops"][name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [
            second_graph(torch, tuple(op["how"]), reach, stored.tree(each["args"]), stored.tree(each["kwargs"]))
            for each in op["samples"]
        ]


def digest(found: list[str | None]) -> str:
    return f"{zlib.crc32(json.dumps(found).encode()):08x}"


def main() -> None:
    import torch

    from tests.engine.samples import reach

    torch.set_num_threads(1)
    stored = Reader()
    if sys.argv[1:]:
        for name in sys.argv[1:]:
            print(name, *graphs(torch, reach, name, stored), sep="\n  ")
        return
    found = {name: graphs(torch, reach, name, stored) for name in stored.text["ops"]}
    kept = {name: digest(each) for name, each in found.items() if any(each)}
    FIXTURE.write_text(json.dumps({"source": f"PyTorch {torch.__version__}", "graphs": kept}, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""A derivative that is differentiated again is made of PyTorch's nodes, on each of PyTorch's own samples."""

import json

import pytest

import engine as torch
from tests.engine.second_graphs import FIXTURE, digest, graphs
from tests.engine.test_samples import STORED, reach

GRAPHS = json.loads(FIXTURE.read_text("utf-8"))["graphs"]
WAITING = {
    "amax": "a number along -1: PyTorch adds up its one share",
    "amin": "a number along -1: PyTorch adds up its one share",
    "linalg.lu": "another order of the same products",
    "linalg.lu_factor": "another order of the same products",
    "linalg.lu_solve": "another order of the same products",
    "nn.functional.group_norm": "PyTorch goes by the means and spreads that the layer gave, the engine works them out again",
    "nn.functional.max_unpool2d": "PyTorch copies a gradient beside indices whose channels lie last",
    "nn.functional.max_unpool2d.grad": "PyTorch copies a gradient beside indices whose channels lie last",
}


@pytest.mark.parametrize("name", GRAPHS)
def test_the_graph_of_a_derivative_is_pytorchs_on_every_sample(name):
    found = graphs(torch, reach, name, STORED)
    assert (digest(found) == GRAPHS[name]) != (name in WAITING), "\n".join(map(str, found))[:2000]

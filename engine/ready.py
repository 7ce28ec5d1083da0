"""Where gradients meet, and the queue of nodes that are ready to run, in PyTorch's order.

PyTorch keeps a binary heap with the node created last on top and every AccumulateGrad above all others. AccumulateGrads are equal to each
other, so which of several comes first is decided by how the C++ standard library sifts; the two loops here sift alike.
"""

from __future__ import annotations

from typing import Any

FIRST = 1 << 64
Spot = int | tuple[int, int]
"""Where gradients meet: a target, by its `id`, and its output where that is not the first."""


def spot(target: Any, output: int) -> Spot:
    return (id(target), output) if output else id(target)


class Ready:
    """A heap of (priority, target), greatest priority first."""

    __slots__ = ("_heap",)

    def __init__(self) -> None:
        self._heap: list[tuple[int, Any]] = []

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, priority: int, target: Any) -> None:
        self._heap.append((priority, target))
        self._rise(len(self._heap) - 1, 0, (priority, target))

    def pop(self) -> Any:
        heap = self._heap
        top, last = heap[0], heap.pop()
        length = len(heap)
        if length:
            hole = child = 0
            while child < (length - 1) // 2:
                child = 2 * (child + 1)
                if heap[child][0] < heap[child - 1][0]:
                    child -= 1
                heap[hole] = heap[child]
                hole = child
            if length % 2 == 0 and child == (length - 2) // 2:
                child = 2 * (child + 1)
                heap[hole] = heap[child - 1]
                hole = child - 1
            self._rise(hole, 0, last)
        return top[1]

    def _rise(self, hole: int, top: int, item: tuple[int, Any]) -> None:
        heap = self._heap
        parent = (hole - 1) // 2
        while hole > top and heap[parent][0] < item[0]:
            heap[hole] = heap[parent]
            hole = parent
            parent = (hole - 1) // 2
        heap[hole] = item

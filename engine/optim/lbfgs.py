"""LBFGS: steps along a direction that the last gradients tell, as long as a line search finds good.

Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 3.5; the numbers and the order of evaluation are PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from engine import grad_mode
from engine.nn import budget
from engine.ops.inplace import write
from engine.optim.line_search import Point, strong_wolfe
from engine.optim.optimizer import Group, State
from engine.optim.rule import Rule, at_least_zero, number

CURVED = 1e-10
"""The least product of a step and the change of the gradient along it that is worth remembering."""


class LBFGS(Rule):
    """The limited-memory method of Broyden, Fletcher, Goldfarb and Shanno, as PyTorch's `optim.LBFGS`."""

    OP = "lbfgs"
    SHOWN = "lr max_iter max_eval tolerance_grad tolerance_change history_size line_search_fn"

    def __init__(
        self, params: Iterable[Any], lr: float = 1, max_iter: int = 20, max_eval: int | None = None, tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9, history_size: int = 100, line_search_fn: str | None = None,
    ) -> None:  # fmt: skip
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        at_least_zero(lr=lr)
        settings: Group = {"lr": lr, "max_iter": max_iter}
        settings["max_eval"] = max_iter * 5 // 4 if max_eval is None else max_eval
        settings |= {"tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change}
        super().__init__(params, {**settings, "history_size": history_size, "line_search_fn": line_search_fn})
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    def step(self, closure: Callable[[], Any]) -> Any:  # type: ignore[override]
        """Up to `max_iter` moves; gives what `closure` gave first. Raises RuntimeError for a line search that is not known."""
        with grad_mode.no_grad():
            return self._iterate(closure)

    def _iterate(self, closure: Callable[[], Any]) -> Any:
        group = self.param_groups[0]
        memory = self._memory.setdefault(group["params"][0], {"func_evals": 0, "n_iter": 0})
        first = self._loss(closure)
        memory["func_evals"] += 1
        here = Point(number(first), self._gradient())
        if np.abs(here.gradient).max() <= group["tolerance_grad"]:
            return first
        evaluations = turn = 0
        rate, most = number(group["lr"]), group["max_iter"]
        while turn < most:
            turn += 1
            memory["n_iter"] += 1
            budget.step((here.gradient.size // 250 + 1) * (1 + len(memory.get("old_dirs", ())) // 2))
            self._turn(memory, here.gradient, group["history_size"])
            along, before = memory["d"], here.value
            memory["prev_flat_grad"], memory["prev_loss"] = here.gradient.copy(), before
            length: Any = rate
            if memory["n_iter"] == 1:
                length = min(1.0, 1.0 / np.abs(here.gradient).sum()) * rate
            slope = here.gradient.dot(along)
            memory["t"] = length
            if slope > -group["tolerance_change"]:
                break
            spent = 0
            if group["line_search_fn"] is not None:
                if group["line_search_fn"] != "strong_wolfe":
                    raise RuntimeError("only 'strong_wolfe' is supported")
                left = group["max_eval"] - 1 - evaluations
                here, length, spent = self._search(closure, along, length, here, slope, left)
                memory["t"] = length
                self._move(length, along)
            else:
                self._move(length, along)
                if turn != most:
                    here = Point(number(self._loss(closure)), self._gradient())
                    spent = 1
            evaluations += spent
            memory["func_evals"] += spent
            if turn == most or 1 + evaluations >= group["max_eval"]:
                break
            if np.abs(here.gradient).max() <= group["tolerance_grad"]:
                break
            if np.abs(along * length).max() <= group["tolerance_change"]:
                break
            if abs(here.value - before) < group["tolerance_change"]:
                break
        return first

    def _turn(self, memory: State, gradient: Any, size: int) -> None:
        """The direction of the next move, from what is remembered of the moves so far."""
        if memory["n_iter"] == 1:
            memory.update(d=-gradient, old_dirs=[], old_stps=[], ro=[], H_diag=1)
            return
        changes, moves, shares = memory["old_dirs"], memory["old_stps"], memory["ro"]
        change, move = gradient - memory["prev_flat_grad"], memory["d"] * memory["t"]
        product = change.dot(move)
        if product > CURVED:
            if len(changes) == size:
                for row in (changes, moves, shares):
                    row.pop(0)
            changes.append(change)
            moves.append(move)
            shares.append(1.0 / product)
            memory["H_diag"] = product / change.dot(change)
        found, weights = -gradient, []
        for change, move, share in zip(reversed(changes), reversed(moves), reversed(shares), strict=True):
            weights.append(move.dot(found) * share)
            found = found - weights[-1] * change
        found = found * memory["H_diag"]
        for change, move, share, weight in zip(changes, moves, shares, reversed(weights), strict=True):
            found = found + (weight - change.dot(found) * share) * move
        memory["d"] = found

    def _search(
        self, closure: Callable[[], Any], along: Any, length: Any, here: Point, slope: Any, most: int
    ) -> tuple[Point, Any, int]:
        begun = [param._data.copy() for param in self.param_groups[0]["params"]]

        def look(distance: Any) -> Point:
            budget.step(along.size // 500 + 1)
            self._move(distance, along)
            found = Point(number(self._loss(closure)), self._gradient())
            for param, data in zip(self.param_groups[0]["params"], begun, strict=True):
                write(param, data.copy(), self.OP)
            return found

        return strong_wolfe(look, length, along, here, slope, most=most)

    @staticmethod
    def _loss(closure: Callable[[], Any]) -> Any:
        with grad_mode.enable_grad():
            return closure()

    def _gradient(self) -> Any:
        """The gradients of all parameters in one row; zeros where there is none."""
        params = self.param_groups[0]["params"]
        parts = [np.zeros_like(each._data) if each._grad is None else each._grad._data for each in params]
        return np.concatenate([np.array(part).reshape(-1) for part in parts])

    def _move(self, length: Any, along: Any) -> None:
        place = 0
        for param in self.param_groups[0]["params"]:
            data = param._data
            part = along[place : place + data.size].reshape(data.shape)
            write(param, data + data.dtype.type(length) * part, self.OP)
            place += data.size

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        raise AssertionError("LBFGS moves all parameters together")

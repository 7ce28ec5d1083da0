"""Layers with a memory, composed of linear steps and gates: RNN, LSTM, GRU, and the cells they are made of."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from engine import dtypes
from engine.nn import budget
from engine.nn.linear import uniform, weighed
from engine.nn.module import Module
from engine.nn.parameter import Parameter, numpy_kind, shape_of
from engine.ops import FUNCTIONS
from engine.tensor import Tensor

State = tuple[Any, ...]
Weights = tuple[Tensor, Tensor, Tensor | None, Tensor | None]
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def _step(mode: str, bend: str, input: Tensor, state: State, weights: Weights) -> State:
    """One step of a cell: what it remembers after it has seen `input`."""
    w_ih, w_hh, b_ih, b_hh = weights
    hidden = state[0]
    given: Any = weighed(input, w_ih, b_ih)
    kept: Any = weighed(hidden, w_hh, b_hh)
    sigmoid, tanh = FUNCTIONS["sigmoid"], FUNCTIONS["tanh"]
    if mode == "RNN":
        return (FUNCTIONS[bend](given + kept),)
    if mode == "LSTM":
        enter, forget, cell, out = (given + kept).chunk(4, -1)
        memory = sigmoid(forget) * state[1] + sigmoid(enter) * tanh(cell)
        return sigmoid(out) * tanh(memory), memory
    reset_in, update_in, new_in = given.chunk(3, -1)
    reset_kept, update_kept, new_kept = kept.chunk(3, -1)
    reset, update = sigmoid(reset_in + reset_kept), sigmoid(update_in + update_kept)
    new = tanh(new_in + reset * new_kept)
    return ((hidden - new) * update + new,)


class _Remembers(Module):
    MODE: ClassVar[str] = ""
    input_size: int
    hidden_size: int
    bias: bool
    nonlinearity: str

    def _add(self, suffix: str, input_size: int, kind: Any) -> None:
        """Weights and biases of one cell, uniform within 1/sqrt(hidden_size)."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        rows = GATES[self.MODE] * self.hidden_size
        for name, shape in (("weight_ih", (rows, input_size)), ("weight_hh", (rows, self.hidden_size))):
            self.register_parameter(name + suffix, uniform(shape_of(*shape), bound, kind))
        for name in ("bias_ih", "bias_hh"):
            if self.bias or not suffix:
                self.register_parameter(name + suffix, uniform((rows,), bound, kind) if self.bias else None)

    def _weights(self, suffix: str) -> Weights:
        found: dict[str, Any] = self._parameters
        return (
            found["weight_ih" + suffix],
            found["weight_hh" + suffix],
            found.get("bias_ih" + suffix),
            found.get("bias_hh" + suffix),
        )

    def _bend(self) -> str:
        return str(self.__dict__.get("nonlinearity", "tanh"))

    def _fresh(self, like: Tensor, *shape: int) -> State:
        zeros = FUNCTIONS["zeros"](*shape, dtype=like.dtype)
        return (zeros, FUNCTIONS["zeros"](*shape, dtype=like.dtype)) if self.MODE == "LSTM" else (zeros,)

    def _given(self, state: Any) -> State:
        return tuple(state) if self.MODE == "LSTM" else (state,)


class _Cell(_Remembers):
    FACTS: ClassVar[tuple[str, ...]] = ("input_size", "hidden_size", "bias")
    weight_ih: Parameter
    weight_hh: Parameter

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        self._add("", input_size, numpy_kind(dtype))

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        """Raises ValueError for an input of other than one or two dimensions."""
        if input.ndim not in (1, 2):
            raise ValueError(f"{self._get_name()}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        state = self._fresh(input, *input.shape[:-1], self.hidden_size) if hx is None else self._given(hx)
        after = _step(self.MODE, self._bend(), input, state, self._weights(""))
        return after if self.MODE == "LSTM" else after[0]

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        if not self.bias:
            text += f", bias={self.bias}"
        return text + (f", nonlinearity={self._bend()}" if self._bend() != "tanh" else "")


class RNNCell(_Cell):
    MODE = "RNN"
    FACTS = ("input_size", "hidden_size", "bias", "nonlinearity")

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, device, dtype)
        if nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {nonlinearity}")
        self.nonlinearity = nonlinearity


class GRUCell(_Cell):
    MODE = "GRU"


class LSTMCell(_Cell):
    MODE = "LSTM"


class _Recurrent(_Remembers):
    FACTS: ClassVar[tuple[str, ...]] = (
        "input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional",
    )  # fmt: skip

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        """Raises ValueError for sizes that are not positive, TypeError for what is no whole number."""
        super().__init__()
        for name, value in (("hidden_size", hidden_size), ("num_layers", num_layers)):
            if not isinstance(value, int):
                raise TypeError(f"{name} should be of type int, got: {type(value).__name__}")
            if value <= 0:
                raise ValueError(f"{name} must be greater than zero")
        self.input_size, self.hidden_size, self.num_layers, self.bias = input_size, hidden_size, num_layers, bias
        self.batch_first, self.dropout, self.bidirectional = batch_first, dropout, bidirectional
        for layer in range(num_layers):
            budget.step(100)
            width = hidden_size * (2 if bidirectional else 1) if layer else input_size
            for suffix in self._suffixes(layer):
                self._add(suffix, width, numpy_kind(dtype))

    def _suffixes(self, layer: int) -> list[str]:
        return [f"_l{layer}", f"_l{layer}_reverse"] if self.bidirectional else [f"_l{layer}"]

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        """Raises ValueError for an input of other than two or three dimensions, RuntimeError for one of another width."""
        if input.ndim not in (2, 3):
            raise ValueError(f"{self._get_name()}: Expected input to be 2D or 3D, got {input.ndim}D instead")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )
        alone = input.ndim == 2
        rows = input.unsqueeze(1) if alone else input.transpose(0, 1) if self.batch_first else input
        ways = 2 if self.bidirectional else 1
        if hx is None:
            state = self._fresh(input, self.num_layers * ways, rows.shape[1], self.hidden_size)
        else:
            state = tuple(part.unsqueeze(1) if alone else part for part in self._given(hx))
        steps = list(rows.unbind(0))
        last: list[State] = []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                mixed = FUNCTIONS["nn.functional.dropout"](FUNCTIONS["stack"](steps), self.dropout, True)
                steps = list(mixed.unbind(0))
            runs = []
            for way, suffix in enumerate(self._suffixes(layer)):
                memory: State = tuple(part[layer * ways + way] for part in state)
                weights, outputs = self._weights(suffix), []
                for step in reversed(steps) if way else steps:
                    budget.step()
                    memory = _step(self.MODE, self._bend(), step, memory, weights)
                    outputs.append(memory[0])
                runs.append(outputs[::-1] if way else outputs)
                last.append(memory)
            steps = [FUNCTIONS["cat"](pair, -1) for pair in zip(*runs, strict=True)] if ways == 2 else runs[0]
        output: Tensor = FUNCTIONS["stack"](steps)
        ended = tuple(FUNCTIONS["stack"](parts) for parts in zip(*last, strict=True))
        if alone:
            output, ended = output.squeeze(1), tuple(part.squeeze(1) for part in ended)
        elif self.batch_first:
            output = output.transpose(0, 1)
        return output, ended if self.MODE == "LSTM" else ended[0]

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        usual = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False}
        for name, value in usual.items():
            if self.__dict__[name] != value:
                text += f", {name}={self.__dict__[name]}"
        return text


class RNN(_Recurrent):
    MODE = "RNN"
    FACTS = (*_Recurrent.FACTS, "nonlinearity")

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype)
        self.nonlinearity = nonlinearity


class GRU(_Recurrent):
    MODE = "GRU"


class LSTM(_Recurrent):
    MODE = "LSTM"


LAYERS: tuple[type[Module], ...] = (RNNCell, GRUCell, LSTMCell, RNN, GRU, LSTM)

"""Layers with a memory, composed of linear steps and gates: RNN, LSTM, GRU, and the cells they are made of."""

from __future__ import annotations

import itertools
import math
import warnings
from typing import Any, ClassVar

from engine import dtypes
from engine.nn import budget
from engine.nn.linear import uniform, weighed
from engine.nn.module import Module
from engine.nn.parameter import Parameter, numpy_kind, shape_of
from engine.nn.sequences import PackedSequence, counts_of
from engine.ops import FUNCTIONS
from engine.ops.joining import unsafe_chunk
from engine.tensor import Tensor

State = tuple[Any, ...]
Weights = tuple[Tensor, Tensor, Tensor | None, Tensor | None]
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def _step(mode: str, bend: str, given: Any, state: State, weights: Weights, project: Tensor | None = None) -> State:
    """One step of a cell: what it remembers after it has seen what the input weights made of the input."""
    _, w_hh, _, b_hh = weights
    hidden = state[0]
    kept: Any = weighed(hidden, w_hh, b_hh)
    sigmoid, tanh = FUNCTIONS["sigmoid"], FUNCTIONS["tanh"]
    if mode == "RNN":
        return (FUNCTIONS[bend](FUNCTIONS["add"](kept, given)),)
    if mode == "LSTM":
        enter, forget, cell, out = unsafe_chunk(FUNCTIONS["add"](kept, given), 4, -1)
        memory = sigmoid(forget) * state[1] + sigmoid(enter) * tanh(cell)
        shown = sigmoid(out) * tanh(memory)
        return shown if project is None else weighed(shown, project, None), memory
    reset_in, update_in, new_in = unsafe_chunk(given, 3, -1)
    reset_kept, update_kept, new_kept = unsafe_chunk(kept, 3, -1)
    reset, update = sigmoid(reset_kept + reset_in), sigmoid(update_kept + update_in)
    new = tanh(new_in + new_kept * reset)
    return ((hidden - new) * update + new,)


class _Remembers(Module):
    SETTLED = frozenset({"input_size", "hidden_size", "num_layers", "bias", "bidirectional", "proj_size"})
    MODE: ClassVar[str] = ""
    input_size: int
    hidden_size: int
    bias: bool
    nonlinearity: str

    def _add(self, suffix: str, input_size: int, kind: Any) -> None:
        """Weights and biases of one cell, uniform within 1/sqrt(hidden_size)."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        rows = GATES[self.MODE] * self.hidden_size
        shown = self._shown()
        for name, shape in (("weight_ih", (rows, input_size)), ("weight_hh", (rows, shown))):
            self.register_parameter(name + suffix, uniform(shape_of(*shape), bound, kind))
        for name in ("bias_ih", "bias_hh"):
            if self.bias or not suffix:
                self.register_parameter(name + suffix, uniform((rows,), bound, kind) if self.bias else None)
        if shown != self.hidden_size:
            self.register_parameter("weight_hr" + suffix, uniform(shape_of(shown, self.hidden_size), bound, kind))

    def _shown(self) -> int:
        """The width of what a step shows."""
        return int(self.__dict__.get("proj_size", 0)) or self.hidden_size

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
        if input.dim() not in (1, 2):
            raise ValueError(f"{self._get_name()}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        if self.MODE == "LSTM" and isinstance(hx, Tensor):
            raise TypeError("lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not Tensor")
        alone = input.ndim == 1
        state = () if hx is None else self._given(hx)
        for place, part in enumerate(state):
            if part.dim() not in (1, 2):
                told = f"hx[{place}]" if self.MODE == "LSTM" else "hidden"
                raise ValueError(f"{self._get_name()}: Expected {told} to be 1D or 2D, got {part.ndim}D instead")
        if alone:
            input, state = input.unsqueeze(0), tuple(part.unsqueeze(0) for part in state)
        state = state or self._fresh(input, *input.shape[:-1], self.hidden_size)
        weights = self._weights("")
        self._check(input, state)
        after = _step(self.MODE, self._bend(), weighed(input, weights[0], weights[2]), state, weights)
        if alone:
            after = tuple(part.squeeze(0) for part in after)
        return after if self.MODE == "LSTM" else after[0]

    def _check(self, input: Tensor, state: State) -> None:
        """Raises RuntimeError for sizes other than the cell's."""
        if input.shape[-1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {input.shape[-1]} expected {self.input_size}")
        if self.MODE == "LSTM" and len(state) != 2:
            raise RuntimeError("lstm_cell expects two hidden states")
        for place, part in enumerate(state):
            if part.shape[0] != input.shape[0]:
                raise RuntimeError(
                    f"Input batch size {input.shape[0]} doesn't match hidden{place} batch size {part.shape[0]}"
                )
            if part.shape[-1] != self.hidden_size:
                raise RuntimeError(
                    f"hidden{place} has inconsistent hidden_size: got {part.shape[-1]}, expected {self.hidden_size}"
                )

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
        "input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional", "proj_size",
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
        proj_size: int = 0,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        """Raises ValueError for sizes that are not positive, TypeError for what is no whole number."""
        super().__init__()
        if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than "
                f"1, but got dropout={dropout} and num_layers={num_layers}",
                UserWarning,
                stacklevel=2,
            )
        for name, flag in (("bias", bias), ("batch_first", batch_first)):
            if not isinstance(flag, bool):
                raise TypeError(f"{name} should be of type bool, got: {type(flag).__name__}")
        for name, value in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
            if name != "num_layers" and not isinstance(value, int):
                raise TypeError(f"{name} should be of type int, got: {type(value).__name__}")
            if value <= 0:
                raise ValueError(f"{name} must be greater than zero")
        if proj_size and self.MODE != "LSTM":
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if proj_size >= hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")
        self.proj_size = proj_size
        self.input_size, self.hidden_size, self.num_layers, self.bias = input_size, hidden_size, num_layers, bias
        self.batch_first, self.dropout, self.bidirectional = batch_first, dropout, bidirectional
        budget.step(100 * num_layers)
        for layer in range(num_layers):
            width = self._shown() * (2 if bidirectional else 1) if layer else input_size
            for suffix in self._suffixes(layer):
                self._add(suffix, width, numpy_kind(dtype))

    def _suffixes(self, layer: int) -> list[str]:
        return [f"_l{layer}", f"_l{layer}_reverse"] if self.bidirectional else [f"_l{layer}"]

    def forward(self, input: Tensor | PackedSequence, hx: Any = None) -> Any:
        """Raises ValueError for an input of other than two or three dimensions or of another dtype, RuntimeError for one of another width."""
        if isinstance(input, PackedSequence):
            return self._packed(input, hx)
        if input.dim() not in (2, 3):
            raise ValueError(
                f"{self._get_name()}: Expected input to be 2D or 3D, got {input.ndim}D{' tensor' if self.MODE == 'RNN' else ''} instead"
            )
        self._fits(input)
        alone = input.ndim == 2
        rows: Any = input.unsqueeze(1) if alone else input.transpose(0, 1) if self.batch_first else input
        if not rows.shape[0]:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
        rows, ended = self._layers(rows, self._begin(rows.shape[1], rows.dtype, hx, alone), None)
        if alone:
            rows, ended = rows.squeeze(1), tuple(part.squeeze(1) for part in ended)
        elif self.batch_first:
            rows.transpose_(0, 1)
        return rows, ended if self.MODE == "LSTM" else ended[0]

    def _packed(self, input: PackedSequence, hx: Any) -> Any:
        """What the layers show of sequences of different lengths, packed as they came, and what they remember of each in the end."""
        counts, (data, sizes, order, back) = counts_of(input), input
        if self.MODE != "LSTM":  # PyTorch leaves it to the product there
            if data.ndim != 2:
                raise RuntimeError(f"input must have 2 dimensions, got {data.ndim}")
            self._fits(data)

        def sorted_by(state: Any, places: Tensor | None) -> Any:
            return state if places is None else state.index_select(1, places)

        if hx is not None:
            hx = tuple(sorted_by(part, order) for part in hx) if self.MODE == "LSTM" else sorted_by(hx, order)
        rows, ended = self._layers(data, self._begin(counts[0], data.dtype, hx, False), counts)
        shown = tuple(sorted_by(part, back) for part in ended)
        return PackedSequence(rows, sizes, order, back), shown if self.MODE == "LSTM" else shown[0]

    def _fits(self, input: Tensor) -> None:
        kind = next(self.parameters()).dtype
        if input.dtype is not kind:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({kind}). Convert input: input.to({kind}), or convert model: "
                f"model.to({input.dtype})"
            )
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )

    def _layers(self, rows: Any, state: State, counts: list[int] | None) -> tuple[Any, State]:
        """What the last layer shows, and what all remember in the end, layer by layer and direction by direction."""
        last: list[State] = []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                rows = FUNCTIONS["nn.functional.dropout"](rows, self.dropout, True)
            runs = [
                self._layer(rows, state, len(last), suffix, last)
                if counts is None
                else self._packed_layer(rows, state, suffix, last, counts)
                for suffix in self._suffixes(layer)
            ]
            rows = FUNCTIONS["cat"](runs, -1) if len(runs) == 2 else runs[0]
        return rows, tuple(FUNCTIONS["stack"](parts) for parts in zip(*last, strict=True))

    def _packed_layer(self, rows: Any, state: State, suffix: str, last: list[State], counts: list[int]) -> Tensor:
        """The same of packed steps: a sequence that has ended takes no further step, backwards one joins at its last."""
        weights, project = self._weights(suffix), self._parameters.get("weight_hr" + suffix)
        whole: State = tuple(part[len(last)] for part in state)
        given, back = weighed(rows, weights[0], weights[2]), suffix.endswith("_reverse")
        cat, outputs, ended = FUNCTIONS["cat"], [], []
        starts = [0, *itertools.accumulate(counts)]
        held = counts[-1] if back else counts[0]
        memory: State = tuple(part.narrow(0, 0, held) for part in whole) if back else whole
        for step in reversed(range(len(counts))) if back else range(len(counts)):
            budget.step()
            count = counts[step]
            if count > held:
                memory = tuple(
                    cat([part, other.narrow(0, held, count - held)]) for part, other in zip(memory, whole, strict=True)
                )
            elif count < held:
                ended.append(tuple(part.narrow(0, count, held - count) for part in memory))
                memory = tuple(part.narrow(0, 0, count) for part in memory)
            held = count
            memory = _step(self.MODE, self._bend(), given.narrow(0, starts[step], count), memory, weights, project)
            outputs.append(memory[0])
        if not back:
            ended.append(memory)
            memory = tuple(cat(parts) for parts in zip(*reversed(ended), strict=True))
        last.append(memory)
        result: Tensor = cat(outputs[::-1] if back else outputs)
        return result

    def _layer(self, rows: Any, state: State, place: int, suffix: str, last: list[State]) -> Tensor:
        """What one layer shows of every step, in one direction; `last` is told what it remembers in the end."""
        weights, project = self._weights(suffix), self._parameters.get("weight_hr" + suffix)
        memory: State = tuple(part[place] for part in state)
        steps = list(weighed(rows, weights[0], weights[2]).unbind(0))
        back, outputs = suffix.endswith("_reverse"), []
        for step in reversed(steps) if back else steps:
            budget.step()
            memory = _step(self.MODE, self._bend(), step, memory, weights, project)
            outputs.append(memory[0])
        last.append(memory)
        result: Tensor = FUNCTIONS["stack"](outputs[::-1] if back else outputs)
        return result

    def _begin(self, batch: int, kind: dtypes.dtype, hx: Any, alone: bool) -> State:
        """The state before the first step, parted by layer and direction. Raises RuntimeError for one of other sizes."""
        count = self.num_layers * (2 if self.bidirectional else 1)
        widths = (self._shown(), self.hidden_size)
        if hx is None:
            zeros = FUNCTIONS["zeros"]
            made = [zeros(count, batch, width, dtype=kind) for width in widths]
            return tuple(part.unbind(0) for part in (made if self.MODE == "LSTM" else made[:1]))
        given = (hx[0], hx[1]) if self.MODE == "LSTM" else (hx,)
        ranks = [part.dim() for part in given]
        wanted = 2 if alone else 3
        if any(rank != wanted for rank in ranks):
            what = f"hx should also be {wanted}-D but got {ranks[0]}-D tensor"
            if len(ranks) == 2:
                what = f"hx and cx should also be {wanted}-D but got ({ranks[0]}-D, {ranks[1]}-D) tensors"
            raise RuntimeError(f"For {'unbatched' if alone else 'batched'} {wanted}-D input, {what}")
        given = tuple(part.unsqueeze(1) if alone else part for part in given)
        for number, (part, width) in enumerate(zip(given, widths, strict=False)):
            size = (count, batch, width)
            if part.shape != size:
                name = f"hidden[{number}]" if len(given) == 2 else "hidden"
                raise RuntimeError(f"Expected {name} size {size}, got {list(part.shape)}")
        return tuple(part.unbind(0) for part in given)

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        usual = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False}
        if self.proj_size:
            text += f", proj_size={self.proj_size}"
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
        proj_size: int = 0,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size, device, dtype
        )
        self.nonlinearity = nonlinearity


class GRU(_Recurrent):
    MODE = "GRU"


class LSTM(_Recurrent):
    MODE = "LSTM"


LAYERS: tuple[type[Module], ...] = (RNNCell, GRUCell, LSTMCell, RNN, GRU, LSTM)

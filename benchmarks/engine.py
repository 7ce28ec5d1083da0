"""The engine against its peers: forward plus backward of small programs, as ratios measured in one run.

Each workload is written in each library's own manner and checked to give the same gradient before it is timed. Arrays are there before it
begins, and nobody copies them; a number is read of the gradient when the time is taken. What is timed is the second turn of a training loop: each library runs once before it is timed, and garbage is collected
in between; what is loaded by then is frozen (`gc.freeze`, as the app's workers do), for a walk over all that every library has loaded would leave the
caches cold. The libraries come in another order each round, so that none always finds what the same one left. A line shows Gradlight's
median time and its ratio to every peer that is installed (below 1 is faster), then the cost of recording inside the block; what its end takes to
tell the events is the matter of `benchmarks/events.py`. Times alone mean little across machines; the ratios carry over.

    python benchmarks/engine.py [--rounds 15] [--only scalar-mlp,chain]

HIPS autograd, micrograd and torch are measured where the running Python has them.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402

import engine  # noqa: E402


def installed(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        return None


torch = installed("torch")
hips = installed("autograd")
micrograd = installed("micrograd.engine")
if torch is not None:
    torch.set_num_threads(1)

Read = Callable[[], float]
Run = Callable[[], Read]
"""What is timed: forward plus backward. What it gives reads one number of a gradient, afterwards."""
rng = np.random.RandomState(0)


def scalar_mlp() -> dict[str, Run]:
    """Two hidden layers of single numbers, about 300 ops: micrograd's own subject."""
    sizes = [(3, 8), (8, 8), (8, 1)]
    weights = [[[float(rng.uniform(-1, 1)) for _ in range(wide)] for _ in range(high)] for wide, high in sizes]
    inputs = [2.0, 3.0, -1.0]

    def forward(layers: Any, tanh: Callable[[Any], Any]) -> Any:
        values: list[Any] = inputs
        for layer in layers:
            sums = []
            for neuron in layer:
                total = neuron[0] * values[0]
                for weight, value in zip(neuron[1:], values[1:], strict=True):
                    total = total + weight * value
                sums.append(tanh(total))
            values = sums
        return values[0]

    def tracked(make: Callable[[float], Any]) -> Any:
        return [[[make(weight) for weight in neuron] for neuron in layer] for layer in weights]

    def with_engine() -> Read:
        layers = tracked(lambda weight: engine.tensor(weight, requires_grad=True))
        forward(layers, lambda value: value.tanh()).backward()
        leaf = layers[0][0][0]
        return lambda: float(leaf.grad.item())

    def with_torch() -> Read:
        layers = tracked(lambda weight: torch.tensor(weight, requires_grad=True))
        forward(layers, lambda value: value.tanh()).backward()
        leaf = layers[0][0][0]
        return lambda: float(leaf.grad)

    def with_micrograd() -> Read:
        layers = tracked(micrograd.Value)

        def tanh(value: Any) -> Any:  # micrograd has none: the same number of ops as one, of its own kind
            grown = micrograd.Value(float(np.tanh(value.data)), (value,), "tanh")

            def back() -> None:
                value.grad += (1 - grown.data**2) * grown.grad

            grown._backward = back
            return grown

        forward(layers, tanh).backward()
        leaf = layers[0][0][0]
        return lambda: float(leaf.grad)

    def with_hips() -> Read:
        import autograd.numpy as anp

        gradient = hips.grad(lambda layers: forward(layers, anp.tanh))(weights)
        return lambda: float(gradient[0][0][0])

    return peers(gradlight=with_engine, micrograd=with_micrograd, hips=with_hips, torch=with_torch)


def chain(length: int = 10_000) -> dict[str, Run]:
    """One number through `length` ops, one after another."""

    def through(value: Any) -> Any:
        for turn in range(length // 2):
            value = value * 1.0001 if turn % 2 else value + 0.001
            value = value - 0.0005
        return value

    def with_engine() -> Read:
        x = engine.tensor(1.0, requires_grad=True)
        through(x).backward()
        return lambda: float(x.grad.item())

    def with_torch() -> Read:
        x = torch.tensor(1.0, requires_grad=True)
        through(x).backward()
        return lambda: float(x.grad)

    def with_hips() -> Read:
        gradient = hips.grad(through)(1.0)
        return lambda: float(gradient)

    limit = sys.getrecursionlimit()

    def with_micrograd() -> Read:
        sys.setrecursionlimit(10 * length)
        x = micrograd.Value(1.0)
        through(x).backward()
        sys.setrecursionlimit(limit)
        return lambda: float(x.grad)

    return peers(gradlight=with_engine, micrograd=with_micrograd, hips=with_hips, torch=with_torch)


def mlp() -> dict[str, Run]:
    """784-128-10 with a batch of 64 in float32: the matrix products dominate."""
    x = rng.standard_normal((64, 784)).astype(np.float32)
    target = rng.randint(0, 10, 64)
    first = (rng.standard_normal((784, 128)) * 0.05).astype(np.float32)
    second = (rng.standard_normal((128, 10)) * 0.05).astype(np.float32)

    def with_numpy() -> Read:
        hidden = x @ first
        active = np.maximum(hidden, 0)
        logits = active @ second
        logits = logits - logits.max(1, keepdims=True)
        log_probability = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        _loss = -log_probability[np.arange(64), target].mean()
        g = np.exp(log_probability)
        g[np.arange(64), target] -= 1
        g /= 64
        _second_grad = active.T @ g
        g = (g @ second.T) * (hidden > 0)
        first_grad = x.T @ g
        return lambda: float(first_grad[3, 4])

    def in_torch(library: Any) -> Run:
        if library is None:
            return lambda: lambda: 0.0
        make = library.from_numpy
        data, labels = make(x), make(target)

        def run() -> Read:
            w1, w2 = make(first).requires_grad_(), make(second).requires_grad_()
            loss = library.nn.functional.cross_entropy(library.relu(data @ w1) @ w2, labels)
            loss.backward()
            return lambda: float(w1.grad[3, 4].item())

        return run

    def with_hips() -> Read:
        import autograd.numpy as anp

        def loss(w1: Any, w2: Any) -> Any:
            logits = anp.maximum(anp.dot(x, w1), 0) @ w2
            shifted = logits - anp.max(logits, axis=1, keepdims=True)
            return -anp.mean(
                (shifted - anp.log(anp.sum(anp.exp(shifted), axis=1, keepdims=True)))[np.arange(64), target]
            )

        gradients = hips.grad(loss, (0, 1))(first, second)
        return lambda: float(gradients[0][3, 4])

    return peers(gradlight=in_torch(engine), numpy=with_numpy, hips=with_hips, torch=in_torch(torch))


def elementwise() -> dict[str, Run]:
    """Twenty ops on a million float32 numbers: memory traffic dominates."""
    data = rng.standard_normal(1_000_000).astype(np.float32)

    def through(value: Any) -> Any:
        for _ in range(10):
            value = value * 0.9
            value = value + 0.1
        return value

    def with_numpy() -> Read:
        value = data
        for _ in range(10):
            value = value * np.float32(0.9)
            value = value + np.float32(0.1)
        value.sum()
        g = np.ones_like(data)
        for _ in range(10):
            g = g * np.float32(0.9)
        return lambda: float(g[7])

    def with_engine() -> Read:
        x = engine.from_numpy(data).requires_grad_()
        through(x).sum().backward()
        return lambda: float(x.grad[7].item())

    def with_torch() -> Read:
        x = torch.from_numpy(data).requires_grad_()
        through(x).sum().backward()
        return lambda: float(x.grad[7])

    def with_hips() -> Read:
        import autograd.numpy as anp

        gradient = hips.grad(lambda x: anp.sum(through(x)))(data)
        return lambda: float(gradient[7])

    return peers(gradlight=with_engine, numpy=with_numpy, hips=with_hips, torch=with_torch)


def rnn(steps: int = 200) -> dict[str, Run]:
    """A recurrent cell of 32 units unrolled over 200 steps with a batch of 8."""
    inputs = rng.standard_normal((steps, 8, 16)) * 0.5
    enter, turn = rng.standard_normal((16, 32)) * 0.2, rng.standard_normal((32, 32)) * 0.1

    def unrolled(w: Any, u: Any, state: Any, sequence: Any, tanh: Callable[[Any], Any]) -> Any:
        for step in sequence:
            state = tanh(step @ w + state @ u)
        return (state * state).sum()

    def in_torch(library: Any) -> Run:
        if library is None:
            return lambda: lambda: 0.0
        sequence = [library.tensor(step) for step in inputs]
        start = library.zeros(8, 32, dtype=library.float64)

        def run() -> Read:
            w, u = library.tensor(enter).requires_grad_(), library.tensor(turn).requires_grad_()
            unrolled(w, u, start, sequence, library.tanh).backward()
            return lambda: float(u.grad[1, 2].item())

        return run

    def with_hips() -> Read:
        import autograd.numpy as anp

        def loss(w: Any, u: Any) -> Any:
            state = np.zeros((8, 32))
            for step in inputs:
                state = anp.tanh(anp.dot(step, w) + anp.dot(state, u))
            return anp.sum(state * state)

        gradients = hips.grad(loss, (0, 1))(enter, turn)
        return lambda: float(gradients[1][1, 2])

    return peers(gradlight=in_torch(engine), hips=with_hips, torch=in_torch(torch))


def conv() -> dict[str, Run]:
    """Two convolutions with pooling and a linear layer, on 16 pictures of 28 by 28, in float32."""
    images = rng.standard_normal((16, 1, 28, 28)).astype(np.float32)
    target = rng.randint(0, 10, 16)
    shapes = ((8, 1, 3, 3), (8,), (16, 8, 3, 3), (16,), (10, 400), (10,))
    weights = [(rng.standard_normal(shape) * 0.1).astype(np.float32) for shape in shapes]

    def columns(x: Any) -> Any:
        count, channels, high, wide = x.shape
        seen = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))
        return np.ascontiguousarray(seen.transpose(0, 1, 4, 5, 2, 3)).reshape(
            count, channels * 9, (high - 2) * (wide - 2)
        )

    def convolve(x: Any, weight: Any, bias: Any) -> tuple[Any, Any]:
        count, _, high, wide = x.shape
        seen = columns(x)
        made = weight.reshape(len(weight), -1) @ seen
        made += bias[:, None]
        return made.reshape(count, -1, high - 2, wide - 2), seen

    def gradients(g: Any, seen: Any, weight: Any) -> tuple[Any, Any]:
        flat = g.reshape(*g.shape[:2], -1)
        return (flat @ seen.transpose(0, 2, 1)).sum(0).reshape(weight.shape), flat.sum((0, 2))

    def back(g: Any, weight: Any, size: tuple[int, ...]) -> Any:
        count, channels, high, wide = size
        flat = g.reshape(*g.shape[:2], -1)
        spread = (weight.reshape(len(weight), -1).T @ flat).reshape(count, channels, 3, 3, high - 2, wide - 2)
        made = np.zeros(size, np.float32)
        for row in range(3):
            for column in range(3):
                made[:, :, row : row + high - 2, column : column + wide - 2] += spread[:, :, row, column]
        return made

    def corners(x: Any) -> list[Any]:
        high, wide = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
        return [x[:, :, row:high:2, column:wide:2] for row in (0, 1) for column in (0, 1)]

    def pool(x: Any) -> tuple[Any, Any]:
        one, two, three, four = corners(x)
        left, right = two > one, four > three
        upper, lower = np.maximum(one, two), np.maximum(three, four)
        return np.maximum(upper, lower), np.where(lower > upper, right + np.int8(2), left)

    def unpool(g: Any, place: Any, x: Any) -> Any:
        made = np.zeros_like(x)
        for number, corner in enumerate(corners(made)):
            np.multiply(g, place == number, out=corner)
        return made

    def with_numpy() -> Read:
        w1, b1, w2, b2, w3, b3 = weights
        first, seen1 = convolve(images, w1, b1)
        active1 = np.maximum(first, 0)
        pooled1, place1 = pool(active1)
        second, seen2 = convolve(pooled1, w2, b2)
        active2 = np.maximum(second, 0)
        pooled2, place2 = pool(active2)
        flat = pooled2.reshape(16, -1)
        logits = flat @ w3.T + b3
        logits -= logits.max(1, keepdims=True)
        log_probability = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        _loss = -log_probability[np.arange(16), target].mean()
        g = np.exp(log_probability)
        g[np.arange(16), target] -= 1
        g /= 16
        _linear = g.T @ flat, g.sum(0)
        g = unpool((g @ w3).reshape(pooled2.shape), place2, active2) * (second > 0)
        _kernels2 = gradients(g, seen2, w2)
        g = unpool(back(g, w2, pooled1.shape), place1, active1) * (first > 0)
        kernels1, _bias = gradients(g, seen1, w1)
        return lambda: float(kernels1[3, 0, 1, 2])

    def in_torch(library: Any) -> Run:
        if library is None:
            return lambda: lambda: 0.0
        make = library.from_numpy
        pictures, labels = make(images), make(target)
        functional = library.nn.functional

        def run() -> Read:
            w1, b1, w2, b2, w3, b3 = [make(each).requires_grad_() for each in weights]
            x = functional.max_pool2d(functional.relu(functional.conv2d(pictures, w1, b1)), 2)
            x = functional.max_pool2d(functional.relu(functional.conv2d(x, w2, b2)), 2)
            functional.cross_entropy(functional.linear(x.flatten(1), w3, b3), labels).backward()
            return lambda: float(w1.grad[3, 0, 1, 2].item())

        return run

    def with_hips() -> Read:
        import autograd.numpy as anp
        from autograd.scipy.signal import convolve as hips_convolve

        def seen(x: Any, weight: Any, bias: Any) -> Any:
            turned = weight[:, :, ::-1, ::-1]
            return (
                hips_convolve(x, turned, axes=([2, 3], [2, 3]), dot_axes=([1], [1]), mode="valid")
                + bias[None, :, None, None]
            )

        def pooled(x: Any) -> Any:
            count, channels, high, wide = x.shape
            x = x[:, :, : high // 2 * 2, : wide // 2 * 2]
            return anp.max(anp.max(anp.reshape(x, (count, channels, high // 2, 2, wide // 2, 2)), 5), 3)

        def loss(values: Any) -> Any:
            w1, b1, w2, b2, w3, b3 = values
            x = pooled(anp.maximum(seen(images, w1, b1), 0))
            x = pooled(anp.maximum(seen(x, w2, b2), 0))
            logits = anp.dot(anp.reshape(x, (16, -1)), w3.T) + b3
            shifted = logits - anp.max(logits, axis=1, keepdims=True)
            return -anp.mean(
                (shifted - anp.log(anp.sum(anp.exp(shifted), axis=1, keepdims=True)))[np.arange(16), target]
            )

        gradients_of = hips.grad(loss)(weights)
        return lambda: float(gradients_of[0][3, 0, 1, 2])

    return peers(gradlight=in_torch(engine), numpy=with_numpy, hips=with_hips, torch=in_torch(torch))


def peers(**runs: Run) -> dict[str, Run]:
    present = {"gradlight": engine, "numpy": np, "torch": torch, "hips": hips, "micrograd": micrograd}
    return {name: run for name, run in runs.items() if present[name] is not None}


WORKLOADS: dict[str, Callable[[], dict[str, Run]]] = {
    "scalar-mlp": scalar_mlp,
    "chain": chain,
    "mlp": mlp,
    "elementwise": elementwise,
    "rnn": rnn,
    "conv": conv,
}


RECORDING = "recording"


def timed(runs: dict[str, Run], rounds: int) -> dict[str, float]:
    """Median seconds of each, taken in turns, in another order each round, so that a slow moment of the machine touches all alike."""
    order = random.Random(0)
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for name, run in order.sample(list(runs.items()), len(runs)):
            run()
            gc.collect()
            with engine.record() if name == RECORDING else nullcontext():
                started = time.perf_counter()
                read = run()
                taken[name].append(time.perf_counter() - started)
                del read
    return {name: statistics.median(values) for name, values in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default=",".join(WORKLOADS))
    options = parser.parse_args()
    for name in options.only.split(","):
        runs = WORKLOADS[name]()
        answers = {peer: run()() for peer, run in runs.items()}
        if any(abs(answer - answers["gradlight"]) > 1e-3 * abs(answer) + 1e-6 for answer in answers.values()):
            sys.exit(f"{name}: the gradients differ: {answers}")
        times = timed({**runs, RECORDING: runs["gradlight"]}, options.rounds)
        own = times.pop("gradlight")
        ratios = "  ".join(f"{peer} {own / seconds:5.2f}" for peer, seconds in times.items() if peer != RECORDING)
        print(
            f"{name:12} {own * 1000:8.2f} ms   ratio to {ratios}   recording on/off {times[RECORDING] / own:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()

"""No error of NumPy's leaves a call: a tensor without dimensions is taken for a number, as PyTorch takes it, and what does not fit is said in PyTorch's words or ours."""

import random

import numpy as np
import pytest

import engine as torch
from engine import strangers
from engine.names import METHODS, TORCH

X = [[1.0, 2.0], [3.0, 5.0]]
# A tensor for the number of this name, and what PyTorch 2.13 gave.
NUMBERS = [
    ("add", {"other": X, "alpha": 0.25}, [1.25, 2.5, 3.75, 6.25]),
    ("rsub", {"other": X, "alpha": 2}, [-1.0, -2.0, -3.0, -5.0]),
    ("addcmul", {"tensor1": X, "tensor2": X, "value": 0.25}, [1.25, 3.0, 5.25, 11.25]),
    ("addmm", {"mat1": X, "mat2": X, "beta": 0.25}, [7.25, 12.5, 18.75, 32.25]),
    ("nn.functional.leaky_relu", {"negative_slope": 2}, [1.0, 2.0, 3.0, 5.0]),
    ("nn.functional.softplus", {"beta": 0.25}, [3.3038, 3.8963, 4.5475, 6.0077]),
    ("nn.functional.softshrink", {"lambd": 2}, [0.0, 0.0, 1.0, 3.0]),
    ("nn.functional.elu", {"alpha": 2}, [1.0, 2.0, 3.0, 5.0]),
    ("celu", {"alpha": 2}, [1.0, 2.0, 3.0, 5.0]),
    ("threshold", {"threshold": 2, "value": 7.0}, [7.0, 7.0, 3.0, 5.0]),
]
# Calls that NumPy's words once answered, and PyTorch's answer.
REFUSED = [
    ("nn.functional.leaky_relu", (X, (1, 2)), "leaky_relu(): argument 'negative_slope' (position 2) must be Number, not tuple"),
    ("nn.functional.celu", (X, (2, -1)), "celu(): argument 'alpha' (position 2) must be Number, not tuple"),
    ("nn.functional.elu", (X, (0, 1), True), "elu_(): argument 'alpha' (position 2) must be Number, not tuple"),
    ("nn.functional.pad", (X, 2), "pad(): argument 'pad' (position 2) must be tuple of ints, not int"),
    ("nn.functional.fold", (X, 1, "a"), "col2im(): argument 'kernel_size' (position 3) must be tuple of ints, but found element of type str at pos 0"),
    ("nn.functional.batch_norm", (X, 2, X), "batch_norm(): argument 'running_mean' (position 4) must be Tensor, not int"),
    ("cdist", (X, 7), "cdist(): argument 'x2' (position 2) must be Tensor, not int"),
]  # fmt: skip

# Calls that were once let through, and what PyTorch 2.13 says: whole numbers where it wants others, a flag that is none, weights that are not one for each class.
WHOLE = [[0, 1, 2], [3, 4, 5]]
SCORES = [[[[1.0, 2.0]], [[0.5, 1.0]]]]
SAID = [
    ("nn.functional.cross_entropy", (SCORES, [[[0, 1]]], [1.0, 2.0, 3.0]), {}, RuntimeError, "weight tensor should be defined either for all or no classes"),
    ("nn.functional.cross_entropy", (X, [0, 1], [1.0]), {}, RuntimeError, "weight tensor should be defined either for all 2 classes or no classes but got weight tensor of shape: [1]"),
    ("nn.functional.nll_loss", (X, [0, 1], [[1.0], [2.0]]), {"reduction": "none"}, RuntimeError, "weight tensor should be defined either for all 2 classes or no classes but got weight tensor of shape: [2, 1]"),
    ("nn.functional.cross_entropy", (X, X, [1.0]), {}, RuntimeError, "cross_entropy: weight tensor should be defined either for all 2 classes or no classes but got weight tensor of shape: [1]"),
    ("nn.functional.dropout2d", ([1.0, 2.0],), {}, RuntimeError, "Feature dropout requires at least 2 dimensions in the input"),
    ("nn.functional.dropout", (WHOLE,), {}, RuntimeError, "result type Float can't be cast to the desired output type Long"),
    ("nn.functional.alpha_dropout", (X,), {"training": -3}, TypeError, "alpha_dropout(): argument 'train' (position 3) must be bool, not int"),
    ("nn.functional.gumbel_softmax", (WHOLE,), {}, RuntimeError, "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you specified Long"),
    ("nn.functional.soft_margin_loss", ([[1.0], [2.0]], [1.0, -1.0]), {}, RuntimeError, "output with shape [2, 1] doesn't match the broadcast shape [2, 2]"),
    ("nn.functional.huber_loss", (X, X), {"delta": "a"}, TypeError, "huber_loss(): argument 'delta' (position 4) must be float, not str"),
    ("nn.functional.kl_div", (X, X), {"log_target": 0}, TypeError, "kl_div(): argument 'log_target' must be bool, not int"),
    ("nn.init.normal_", (WHOLE,), {}, NotImplementedError, "\"normal_kernel_cpu\" not implemented for 'Long'"),
    ("triu_indices", (0, -2), {}, RuntimeError, "col must be non-negative, got-2"),
    ("linalg.cholesky", (X,), {"upper": None}, TypeError, "linalg_cholesky(): argument 'upper' must be bool, not NoneType"),
    ("broadcast_to", (X, [2, 2]), {}, TypeError, "broadcast_to(): argument 'size' (position 2) must be tuple of ints, not Tensor"),
]  # fmt: skip


def given(values):
    return [torch.tensor(value) if isinstance(value, list) else value for value in values]


@pytest.mark.parametrize(("name", "named", "expected"), NUMBERS, ids=[each[0] for each in NUMBERS])
def test_a_tensor_without_dimensions_stands_for_a_number(name, named, expected):
    result = TORCH[name](torch.tensor(X), **{key: torch.tensor(value) for key, value in named.items()})
    np.testing.assert_allclose(result.flatten().tolist(), expected, atol=1e-4)


@pytest.mark.parametrize(("name", "values", "words"), REFUSED, ids=[each[0] for each in REFUSED])
def test_what_does_not_fit_is_said_in_pytorchs_words(name, values, words):
    with pytest.raises(TypeError) as caught:
        TORCH[name](*given(values))
    assert str(caught.value) == words


@pytest.mark.filterwarnings("ignore:dropout2d")
@pytest.mark.parametrize(("name", "values", "named", "error", "words"), SAID, ids=[each[0] for each in SAID])
def test_what_pytorch_does_not_let_through_is_refused_as_it_says(name, values, named, error, words):
    with pytest.raises(error) as caught:
        TORCH[name](*given(values), **named)
    assert str(caught.value) == words


@pytest.mark.parametrize("name", ["nonzero", "block_diag", "einsum", "nn.init.eye_", "nn.utils.rnn.pad_sequence"])
def test_what_reads_its_arguments_itself_says_nothing_of_the_engine_inside(name):
    for odd in ((3.5,), ({},), ([None],), (None, None)):
        try:
            TORCH[name](*odd)
        except Exception as error:  # noqa: BLE001 -- whatever is raised is read
            assert "_data" not in str(error), odd


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"input_size": 0}, ValueError, "input_size must be greater than zero"),
        ({"input_size": 2.0}, TypeError, "input_size should be of type int, got: float"),
        ({"bias": 1}, TypeError, "bias should be of type bool, got: int"),
    ],
)
def test_a_recurrent_layer_checks_its_settings_in_pytorchs_order(settings, error, words):
    with pytest.raises(error) as caught:
        torch.nn.GRU(**{"input_size": 2, "hidden_size": 2, **settings})
    assert str(caught.value) == words


def test_a_layer_speaks_as_the_function_that_it_calls():
    with pytest.raises(
        TypeError, match=r"max_pool2d\(\): argument 'kernel_size' \(position 2\) must be tuple of ints, not float"
    ):
        torch.nn.MaxPool2d(2.5)(torch.ones(1, 1, 4, 4))
    with pytest.raises(
        TypeError, match=r"soft_margin_loss\(\): argument 'target' \(position 2\) must be Tensor, not list"
    ):
        torch.nn.SoftMarginLoss()(torch.ones(2), [1])
    with pytest.raises(
        TypeError, match=r"_MaxPoolNd.__init__\(\) missing 1 required positional argument: 'kernel_size'"
    ):
        torch.nn.MaxPool1d()


QUIET = (
    "random",
    "seed",
    "rng",
    "set_",
    "backward",
    "register_",
    "detach",
    "print",
    "compile",
    "autograd",
    "manual",
    "optim",
)


def offered():
    """Functions and methods by name, but for those that leave the state of the engine otherwise, and for classes."""
    for name, call in {**{f"Tensor.{name}": call for name, call in METHODS.items()}, **TORCH}.items():
        layer = name.startswith("nn.") and not name.startswith("nn.functional.")
        if callable(call) and not isinstance(call, type) and not layer and not any(word in name for word in QUIET):
            yield name, call


def test_nothing_of_numpy_is_said_whatever_is_handed_in():
    dice = random.Random(3)
    tensors = [X, [1.0, 2.0, 3.0], torch.tensor(1.5), torch.ones(2, 2, 3), torch.ones(0)]
    pool = [*tensors, 2, -1, 1.5, True, None, "a", (), (0, 1), 10**19]
    words = ("numpy", "ndarray", "ufunc", "'_data'")
    said = {}
    for name, call in offered():
        for _ in range(3):
            values = given([dice.choice(tensors), *dice.choices(pool, k=dice.randrange(3))])
            try:
                call(*values)
            except Exception as error:  # noqa: BLE001 -- any of them may be said
                told = strangers.told(name, error) or error
                text = str(told)
                if name == "from_numpy":  # PyTorch names itself and the array that it wants
                    text = text.replace("from_numpy", "").replace("np.ndarray", "")
                if type(told).__module__ not in ("builtins", "engine.linalg") or any(word in text for word in words):
                    said[name] = repr(told)
    assert said == {}

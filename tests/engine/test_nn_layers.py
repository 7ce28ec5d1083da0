"""Layers begin with, give and send back PyTorch's very numbers after the same seed."""

import json

import numpy as np
import pytest

import engine as torch
from engine import nn
from engine.nn import lazy
from tests.engine import bend_cases
from tests.engine import torch_cases as cases
from tests.program.parity import FOLDER

STORED = json.loads(cases.FIXTURE.read_text())
CLOSE = {"float32": {"rtol": 1e-5, "atol": 1e-5}, "float64": {"rtol": 1e-9, "atol": 1e-12}}


WAITING = {
    *("ELU", "Hardtanh", "ReLU6", "SELU", "Mish", "Softsign", "LogSigmoid", "SmoothL1Loss", "HuberLoss", "KLDivLoss")
}  # their functions are not in the op table yet; each layer appears with its row
# Compared by the programs of tests/fixtures/parity.
IN_PROGRAMS = (
    "Conv3d", "ConvTranspose3d", "BatchNorm3d", "InstanceNorm3d", "MaxPool3d", "AvgPool3d", "AdaptiveAvgPool3d", "AdaptiveMaxPool3d",
    "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d", "LPPool1d", "LPPool2d", "LPPool3d", "LocalResponseNorm", "CTCLoss", "ChannelShuffle", "MultiMarginLoss", "MultiLabelMarginLoss",
)  # fmt: skip
STANDING = [name for name in cases.LAYERS if name.partition(" ")[0] in nn._BY_NAME]
LOSSES = [name for name in cases.LOSSES if name.partition(" ")[0] in nn._BY_NAME]


def check_same(found, wanted, kind, what):
    assert len(found) == len(wanted), what
    for ours, theirs in zip(found, wanted, strict=True):
        assert (ours is None) == (theirs is None), what
        if theirs is not None:
            np.testing.assert_allclose(ours, theirs, **CLOSE[kind], err_msg=what)


@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")
@pytest.mark.parametrize("kind", cases.DTYPES)
@pytest.mark.parametrize("name", STANDING)
def test_a_layer_is_pytorchs_to_the_number(name, kind):
    found, wanted = cases.layer(torch, name, getattr(torch, kind)), STORED["layers"][name][kind]
    assert found["names"] == wanted["names"]
    assert found["shapes"] == wanted["shapes"]
    for what in ("initial", "results", "gradients", "state", "eval"):
        check_same(found[what], wanted[what], kind, what)


@pytest.mark.parametrize("name", [*STANDING, *cases.TEXTS])
def test_a_module_prints_as_pytorchs(name):
    assert repr({**cases.LAYERS, **cases.TEXTS}[name](nn)) == STORED["texts"][name]


@pytest.mark.parametrize("kind", cases.DTYPES)
@pytest.mark.parametrize("name", cases.INITIAL)
def test_initial_numbers_are_pytorchs(name, kind):
    for shape, wanted in zip(cases.SHAPES, STORED["initial"][name][kind], strict=True):
        check_same(cases.initial(torch, name, shape, getattr(torch, kind)), wanted, kind, f"{name} {shape}")


@pytest.mark.parametrize("kind", cases.DTYPES)
def test_a_picture_classifier_learns_pytorchs_numbers(kind):
    found, wanted = cases.LeNet(torch, getattr(torch, kind)).told(), STORED["pictures"][kind]
    assert found["text"] == wanted["text"]
    close = {"float32": {"rtol": 2e-3, "atol": 2e-3}, "float64": CLOSE["float64"]}[kind]
    np.testing.assert_allclose(found["losses"], wanted["losses"], **close)
    for what in ("state", "eval"):
        for ours, theirs in zip(found[what], wanted[what], strict=True):
            np.testing.assert_allclose(ours, theirs, **close, err_msg=what)


def test_a_uniform_weight_agrees_to_the_last_bit():
    torch.manual_seed(7)
    for wanted, param in zip(
        STORED["layers"]["Linear of 30"]["float32"]["initial"], nn.Linear(3, 30).parameters(), strict=True
    ):
        assert np.array_equal(param.detach().reshape(-1).numpy(), np.array(wanted, np.float32))


def test_every_layer_stands_or_is_named_as_waiting_and_is_compared():
    kinds = {name.partition(" ")[0] for name in (*cases.LAYERS, *cases.LOSSES)}
    bends = {name.partition("(")[0] for name in bend_cases.CASES}
    standing = {layer.__name__ for layer in nn.LAYERS}
    assert kinds - standing <= WAITING
    programs = {
        "Transformer",
        "TransformerEncoder",
        "TransformerDecoder",
        "TransformerEncoderLayer",
        "TransformerDecoderLayer",
        "CosineSimilarity",
        "PairwiseDistance",
        *IN_PROGRAMS,
        *(each.__name__ for each in lazy.LAYERS),
    }
    written = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.txt"))
    assert all(f"nn.{name}(" in written for name in IN_PROGRAMS)
    assert standing - kinds - bends - programs == {"ModuleList", "ModuleDict", "ParameterDict", "ParameterList"}


@pytest.mark.parametrize("kind", cases.DTYPES)
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_pytorchs(name, kind):
    check_same(cases.loss(torch, name, getattr(torch, kind)), STORED["losses"][name][kind], kind, name)


@pytest.mark.parametrize("kind", cases.DTYPES)
def test_gradients_are_clipped_as_pytorchs(kind):
    for settings, wanted in zip(cases.CLIPS, STORED["clipped"][kind], strict=True):
        check_same(cases.clipped(torch, getattr(torch, kind), **settings), wanted, kind, str(settings))


@pytest.mark.parametrize(
    "make, shape, error, words",
    [
        (lambda: nn.Linear(2, 3), (3,), RuntimeError, "mat1 and mat2 shapes cannot be multiplied (1x3 and 2x3)"),
        (lambda: nn.BatchNorm1d(3), (1, 3), ValueError, "Expected more than 1 value per channel when training, got input size torch.Size([1, 3])"),
        (lambda: nn.BatchNorm1d(3), (3,), ValueError, "expected 2D or 3D input (got 1D input)"),
        (lambda: nn.BatchNorm1d(3), (2, 4), RuntimeError, "running_mean should contain 4 elements not 3"),
        (lambda: nn.LayerNorm(3), (2, 4), RuntimeError, "Given normalized_shape=[3], expected input with shape [*, 3], but got input of size[2, 4]"),
        (lambda: nn.Module(), (2,), NotImplementedError, 'Module [Module] is missing the required "forward" function'),
        (lambda: nn.ModuleList(), (2,), NotImplementedError, 'Module [ModuleList] is missing the required "forward" function'),
    ],
)  # fmt: skip
def test_an_input_that_does_not_fit_is_refused_in_pytorchs_words(make, shape, error, words):
    with pytest.raises(error) as raised:
        make()(torch.ones(*shape))
    assert str(raised.value) == words


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda: nn.Linear("a", 2), TypeError, "empty(): argument 'size' failed to unpack the object at pos 2 with error \"type must be tuple of ints,but got str\""),
        (lambda: nn.Linear(-1, 2), RuntimeError, "Trying to create tensor with negative dimension -1: [2, -1]"),
        (lambda: nn.Bilinear(0, 2, 2), ValueError, "in1_features must be > 0, but got (in1_features=0)"),
        (lambda: nn.Dropout(2), ValueError, "dropout probability has to be between 0 and 1, but got 2"),
        (lambda: nn.Embedding(3, 2, padding_idx=4), AssertionError, "Padding_idx must be within num_embeddings"),
        (lambda: nn.Sequential(5), TypeError, "int is not a Module subclass"),
        (lambda: nn.ModuleList([3]), TypeError, "int is not a Module subclass"),
        (lambda: nn.init.xavier_uniform_(torch.ones(2)), ValueError, "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions"),
        (lambda: nn.init.uniform_(torch.ones(2), 3, 1), RuntimeError, "uniform_ expects to return a [from, to) range, but found from=3 > to=1"),
        (lambda: nn.init.normal_(torch.ones(2), 3, -1), RuntimeError, "normal expects std >= 0.0, but found std -1"),
        (lambda: nn.init.kaiming_uniform_(torch.ones(2, 2), mode="x"), ValueError, "Mode x not supported, please use one of ['fan_in', 'fan_out']"),
        (lambda: nn.init.orthogonal_(torch.ones(2)), ValueError, "Only tensors with 2 or more dimensions are supported"),
        (lambda: nn.init.calculate_gain("x"), ValueError, "Unsupported nonlinearity x"),
    ],
)  # fmt: skip
def test_a_layer_that_cannot_be_is_refused_in_pytorchs_words(make, error, words):
    with pytest.raises(error) as raised:
        make()
    assert str(raised.value) == words


def test_initial_numbers_are_written_into_a_tracked_parameter():
    layer = nn.Linear(2, 2)
    nn.init.ones_(layer.weight)
    assert layer.weight.tolist() == [[1, 1], [1, 1]] and layer.weight.is_leaf and layer.weight._version == 2


def test_softmax_without_a_dimension_warns_and_chooses_one():
    with pytest.warns(UserWarning, match="Implicit dimension choice for softmax has been deprecated"):
        assert nn.Softmax()(torch.zeros(2, 4)).tolist() == [[0.25] * 4] * 2

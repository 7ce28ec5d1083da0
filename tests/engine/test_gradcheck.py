"""The gradient checker: it passes what is right and catches what is not."""

import pytest

import engine as torch
from engine.gradcheck import gradcheck
from engine.gradient_cases import GradcheckError

X = torch.tensor([0.3, -0.7, 1.2], dtype=torch.float64, requires_grad=True)
W = torch.tensor([[1.0, 2.0, 0.5], [0.1, -1.0, 2.0]], dtype=torch.float64, requires_grad=True)


def detached_square(x):
    return x * x.detach()


@pytest.mark.parametrize(
    "function", [lambda x, w: (w @ x).tanh(), lambda x, w: (x.exp().sum(), w.softmax(1)), lambda x, w: x[0] * w[1, 2]]
)
def test_what_is_right_passes(function):
    assert gradcheck(function, (X, W))


def test_what_is_wrong_is_caught_with_both_jacobians():
    with pytest.raises(GradcheckError) as failure:
        gradcheck(detached_square, (X,))
    text = str(failure.value)
    assert text.startswith("Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor(")
    assert "analytical:tensor(" in text
    assert gradcheck(detached_square, (X,), raise_exception=False) is False


def test_the_input_is_as_it_was():
    before = X.tolist()
    gradcheck(lambda x: x.sin(), (X,))
    assert X.tolist() == before and X.grad is None


def test_something_must_require_grad():
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        gradcheck(lambda x: x * 2, (torch.tensor([1.0, 2.0], dtype=torch.float64),))


def test_single_precision_is_warned_of():
    with pytest.warns(UserWarning, match="Input #0 requires gradient and is not a double precision"):
        gradcheck(lambda x: x * 2, (torch.tensor([1.0, 2.0], requires_grad=True),), atol=1e-1)

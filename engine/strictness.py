"""What `strict=True` asks of `torch.autograd.functional`: that every output depends on every input, in PyTorch's words."""

from __future__ import annotations

from collections.abc import Sequence

from engine.tensor import Tensor

VECTORIZED = (
    "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` "
    "or `vectorize=False`."
)
NOT_STRICT = " This is not allowed in strict mode."
CREATED = " This is not allowed in strict mode when create_graph=True."
ALONE = "The output of the user-provided function is independent of input {}." + NOT_STRICT
UNTRACKED = {
    "outputs": "Output {} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner "
    "from the input when running in strict mode.",
    "grad_inputs": "The gradient with respect to input {} is independent of the inputs of the user-provided function."
    + NOT_STRICT,
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided function with respect to input {} is independent of "
    "the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends "
    "on the inputs (this would be violated by a linear function for example).",
}
MISSING = {
    "back": ALONE,
    "back_trick": "The gradient with respect to the input is independent of entry {} in the grad_outputs when using the double backward trick to "
    "compute forward mode gradients." + NOT_STRICT,
    "double_back": "The jacobian of the user-provided function is independent of input {}." + NOT_STRICT,
    "double_back_trick": "The hessian of the user-provided function is independent of entry {} in the grad_jacobian. This is not allowed in strict "
    "mode as it prevents from using the double backward trick to replace forward mode AD.",
}


def tracked(found: Sequence[Tensor | None], what: str) -> None:
    """Raises RuntimeError for the first that is missing or untracked; `what` they are."""
    for place, each in enumerate(found):
        if each is None:
            raise RuntimeError(ALONE.format(place))
        if not each.requires_grad:
            raise RuntimeError(UNTRACKED[what].format(place))


def there(found: Sequence[Tensor | None], stage: str, create: bool) -> None:
    """Raises RuntimeError for the first gradient that is missing, or that cannot be differentiated again though it should."""
    for place, each in enumerate(found):
        if each is None:
            raise RuntimeError(MISSING[stage].format(place))
        if create and not each.requires_grad:
            whole = "hessian" if "double" in stage else "jacobian"
            raise RuntimeError(f"The {whole} of the user-provided function is independent of input {place}.{CREATED}")


def of_row(which: int, found: Sequence[Tensor | None], create: bool) -> None:
    """The same of the gradients of one element of an output."""
    for place, each in enumerate(found):
        if each is None:
            raise RuntimeError(
                f"Output {which} of the user-provided function is independent of input {place}.{NOT_STRICT}"
            )
        if create and not each.requires_grad:
            raise RuntimeError(f"The jacobian of the user-provided function is independent of input {which}.{CREATED}")

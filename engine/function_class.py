"""`torch.autograd.function` as Python code imports it: the class that a Function is built on, and `once_differentiable`."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

from engine import grad_mode
from engine.custom import CustomFunction, apply
from engine.tensor import Tensor

TWICE = "trying to differentiate twice a function that was marked with @once_differentiable"


def once_differentiable(function: Callable[..., Any]) -> Callable[..., Any]:
    """A backward whose gradients cannot be differentiated again; where that is tried, it fails with RuntimeError."""

    @functools.wraps(function)
    def wrapped(ctx: Any, *args: Any) -> Any:
        with grad_mode.no_grad():
            answer = function(ctx, *args)
        if not grad_mode.enabled or not any(isinstance(each, Tensor) and each._requires_grad for each in args):
            return answer
        found = answer if isinstance(answer, tuple) else (answer,)
        blocked = tuple(_blocked(each) if isinstance(each, Tensor) else each for each in found)
        return blocked if isinstance(answer, tuple) else blocked[0]

    return wrapped


def _blocked(gradient: Tensor) -> Any:
    leaf = gradient.detach()
    leaf.requires_grad = True
    return apply("Error", _same, _refuse, None, (leaf,))


def _same(ctx: CustomFunction, gradient: Tensor) -> Tensor:
    return gradient


def _refuse(ctx: CustomFunction, *gradients: Any) -> Any:
    raise RuntimeError(TWICE)


class _Described(type):
    """The class of Function classes: each has a node class of its own name."""

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> None:
        super().__init__(name, bases, body)
        cls.node_class = type(f"{name}Backward", (CustomFunction,), {"__slots__": ()})


class FunctionClass(metaclass=_Described):
    """`torch.autograd.Function`: subclass it with static `forward` and `backward`, then call `apply`."""

    forward: Any = None
    backward: Any = None
    vjp: Any = None
    setup_context: Any = None
    vmap: Any = None
    jvp: Any = None
    generate_vmap_rule = False
    clear_saved_tensors_on_access = False

    def __init__(self) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should invoke them on the "
            "class itself. Instantiating an autograd function will raise an error in a future version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *inputs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function with static "
            "forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @classmethod
    def apply(cls, *inputs: Any, **keywords: Any) -> Any:
        """The result of forward, tracked by one node."""
        if cls.setup_context is not None or keywords:
            ctx = () if cls.setup_context is not None else (None,)
            bound = inspect.signature(cls.forward).bind(*ctx, *inputs, **keywords)
            bound.apply_defaults()
            inputs = bound.args[len(ctx) :]
        ways = {
            "vmap": cls.vmap or cls.generate_vmap_rule,
            "jvp": cls.jvp,
            "clear": cls.clear_saved_tensors_on_access,
            "two vmaps": cls.vmap and cls.generate_vmap_rule,
            "both": cls.backward and cls.vjp,
        }
        offers = [name for name, there in ways.items() if there]
        return apply(
            cls.__name__,
            cls.forward,
            cls.backward or cls.vjp,
            cls.setup_context,
            inputs,
            cls.node_class,
            offers,
            cls.jvp,
        )

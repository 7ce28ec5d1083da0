"""The modules in which PyTorch keeps its functions, as its errors tell them of a value that is no module or parameter."""

from __future__ import annotations

from engine.nn.tree import homes
from engine.program import reach
from engine.program.homes import FILE_OF
from engine.program.values import HostFunction, Instance, TypeValue, UserClass, UserFunction, Value

BUILT_IN = {
    "torch._VariableFunctionsClass": "adaptive_avg_pool1d avg_pool1d bilinear celu_ channel_shuffle conv1d conv2d conv3d conv_transpose1d "
    "conv_transpose2d conv_transpose3d cosine_similarity hardshrink pairwise_distance pdist pixel_shuffle pixel_unshuffle prelu relu_ selu_",
    "torch._C._nn": "avg_pool2d avg_pool3d gelu linear one_hot scaled_dot_product_attention softplus softshrink",
}
HOME_OF = {f"nn.functional.{name}": home for home, names in BUILT_IN.items() for name in names.split()} | {
    name: home
    for home, names in (
        (
            "torch.functional",
            "atleast_1d atleast_2d atleast_3d block_diag broadcast_tensors cartesian_prod cdist einsum meshgrid norm split tensordot",
        ),
        ("torch.random", "initial_seed manual_seed seed"),
        ("torch._C", "is_grad_enabled is_inference_mode_enabled"),
    )
    for name in names.split()
}
"""The functions that stand elsewhere than in the module that offers them."""


homes.update(FILE_OF)


def home_of(value: Value) -> str:
    """The module of a function or class; `builtins` where PyTorch tells none."""
    kind = type(value)
    if kind in (UserFunction, UserClass, Instance):
        return "__main__"
    if kind is TypeValue and not value.dtype:
        return value.text[8:-2].rpartition(".")[0] or "builtins"
    if kind is not HostFunction or value.bound or value.name in reach.TYPES:
        return "builtins"
    space, _, _ = value.name.rpartition(".")
    return HOME_OF.get(value.name) or (f"torch.{space}" if space else "torch._VariableFunctionsClass")

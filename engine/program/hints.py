"""What to try after an error: one table from PyTorch's and Python's words to a stable code and a sentence."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine.optim.reach import TORCH as OPTIMIZERS

Arguments = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Hint:
    """A stable code, what to try in a sentence, and the parts of that sentence for other languages."""

    code: str
    text: str
    arguments: Arguments = field(default_factory=dict)


def nearest(name: str, known: Iterable[str], least: float = 0.65) -> str | None:
    """The known name most like this one, or None where none is close; two letters exchanged are one slip. `least`: how alike they must be, 1 for equal."""
    known = list(known)
    same = [other for other in known if other != name and other.lower() == name.lower()]
    if same:
        return same[0]
    lowered = {other if name == name.lower() else other.lower(): other for other in known}
    found = [lowered[match] for match in difflib.get_close_matches(name.lower(), list(lowered), 5, least)]
    exchanged = (other for other in found if sorted(other.lower()) == sorted(name.lower()))
    return next(exchanged, found[0] if found else None)


_SHAPES = re.compile(r"\((\d{1,9})x(\d{1,9}) and (\d{1,9})x(\d{1,9})\)")
_SIZES = re.compile(
    r"tensor a \((\d{1,9})\) must match the size of tensor b \((\d{1,9})\) at non-singleton dimension (\d{1,3})"
)
_VERSION = re.compile(r"is at version (\d{1,9}); expected version (\d{1,9})")


def _matmul(text: str) -> Hint:
    match = _SHAPES.search(text)
    if not match:
        return Hint("shape-matmul", "The last size of the first must be the first size of the second.")
    rows, inner, outer, columns = map(int, match.groups())
    said = f"The inner sizes {inner} and {outer} differ."
    if inner == columns:
        said += " Transpose the second: a @ b.T."
    elif rows == outer:
        said += " Transpose the first: a.T @ b."
    elif rows == columns:
        said += " Exchange the two: b @ a."
    else:
        said += " The last size of the first must be the first size of the second."
    return Hint("shape-matmul", said, {"rows": rows, "inner": inner, "outer": outer, "columns": columns})


PRODUCTS = frozenset({"matmul", "mm", "addmm", "mv", "bmm", "dot", "einsum", "multi_dot", "chain_matmul"})
"""Calls that multiply the two matrices which the program gives, and no weight of a layer."""


def _width(text: str, called: str) -> Hint | None:
    """What to do where a layer, or a net that has one, is given rows of another width; None where nothing is known of that."""
    match = _SHAPES.search(text)
    if match is None or called in PRODUCTS:
        return None
    _, inner, outer, columns = map(int, match.groups())
    said = f"A layer for {outer} features is given {inner}: write nn.Linear({inner}, {columns}), or give it rows of {outer}."
    return Hint("layer-width", said, {"inner": inner, "outer": outer, "columns": columns})


def _broadcast(text: str) -> Hint:
    match = _SIZES.search(text)
    if not match:
        return Hint("shape-broadcast", "Sizes must be equal, or one of them 1.")
    a, b, dimension = map(int, match.groups())
    said = f"Sizes {a} and {b} in dimension {dimension} do not fit: they must be equal, or one of them 1."
    return Hint("shape-broadcast", said + " Try .unsqueeze, .T or .reshape.", {"a": a, "b": b, "dimension": dimension})


def _version(text: str) -> Hint:
    match = _VERSION.search(text)
    said = "A tensor that backward needs was changed in place. Write x = x + 1 instead of x += 1, or change a .clone()."
    if not match:
        return Hint("version", said)
    return Hint("version", said, {"version": int(match.group(1)), "expected": int(match.group(2))})


KEYWORDS = (
    *("requires_grad", "dtype", "device", "dim", "keepdim", "retain_graph", "create_graph", "allow_unused", "gradient"),
    *("inputs", "lr", "momentum", "dampening", "weight_decay", "nesterov", "betas", "eps", "amsgrad", "step_size"),
    *("gamma", "milestones", "bias", "in_features", "out_features", "in_channels", "out_channels", "kernel_size"),
    *("stride", "padding", "dilation", "groups", "num_embeddings", "embedding_dim", "hidden_size", "num_layers"),
    *("batch_first", "bidirectional", "dropout", "num_heads", "batch_size", "shuffle", "drop_last", "reduction"),
    *("weight", "ignore_index", "label_smoothing", "generator", "start", "end", "steps", "size", "fill_value"),
    *("inplace", "negative_slope", "set_to_none", "sep"),
)  # fmt: skip
"""Names of arguments that people misspell."""
_KEYWORD = re.compile(r"got an unexpected keyword argument '(\w{1,60})'")


def _keyword(text: str) -> Hint:
    match = _KEYWORD.search(text)
    near = nearest(match.group(1), KEYWORDS) if match else None
    if match is None or near is None:
        return Hint("keyword", "Look at the names of this call's arguments.")
    return Hint("keyword", f"Did you mean {near}?", {"name": match.group(1), "suggestion": near})


Reader = Callable[[str], Hint]


def _say(code: str, text: str) -> Reader:
    hint = Hint(code, text)
    return lambda _: hint


_NO_GPU = _say("no-gpu", "There is no GPU here; leave it out: everything runs on the CPU.")
_ONE_DTYPE = _say("dtype-mix", "Bring both to one dtype: x.float() for float32, net.double() for float64.")
_PARAMETERS = Hint("net-parameters", "An optimizer takes the module's parameters: net.parameters().")
LOSS_CALL = Hint("loss-call", "Make the loss first, then call it: nn.MSELoss()(prediction, target).")

TABLE: tuple[tuple[str, str, Reader], ...] = (
    (
        "RuntimeError",
        "backward through the graph a second time",
        _say("second-backward", "Write backward(retain_graph=True) in the first call, or compute the loss again."),
    ),
    (
        "RuntimeError",
        "grad can be implicitly created only for scalar outputs",
        _say(
            "non-scalar-backward",
            "Write y.sum().backward(), or give the weights: y.backward(gradient=torch.ones_like(y)).",
        ),
    ),
    (
        "RuntimeError",
        "does not require grad and does not have a grad_fn",
        _say("no-grad-fn", "Make a leaf with requires_grad=True, and compute outside torch.no_grad()."),
    ),
    (
        "RuntimeError",
        "a view of a leaf Variable that requires grad is being used in an in-place",
        _say("leaf-in-place", "Make the change in a with torch.no_grad(): block."),
    ),
    (
        "RuntimeError",
        "a leaf Variable that requires grad is being used in an in-place",
        _say("leaf-in-place", "Change it in a with torch.no_grad(): block, or write w = w + ... for a new tensor."),
    ),
    ("RuntimeError", "modified by an inplace operation", _version),
    (
        "RuntimeError",
        "returned nan values in its",
        _say(
            "nan-gradient",
            "Here a slope is without bounds, and 0 times that is nan: keep off that place, as in torch.sqrt(x + 1e-8).",
        ),
    ),
    ("RuntimeError", "shapes cannot be multiplied", _matmul),
    ("RuntimeError", "at non-singleton dimension", _broadcast),
    (
        "RuntimeError",
        "is invalid for input of size",
        _say("shape-view", "The product of the new sizes must be the number of elements; one size may be -1."),
    ),
    (
        "RuntimeError",
        "view size is not compatible",
        _say("view-stride", "Write .reshape(...), or .contiguous().view(...)."),
    ),
    (
        "RuntimeError",
        "Only Tensors of floating point",
        _say("integer-grad", "Write floats: torch.tensor([1., 2.], requires_grad=True)."),
    ),
    (
        "RuntimeError",
        "only Tensors of floating point",
        _say("integer-grad", "Write floats: torch.tensor([1., 2.]).requires_grad_()."),
    ),
    (
        "RuntimeError",
        "could not infer output dtype",
        _say("integer-mean", "Write x.float().mean()."),
    ),
    *(
        (kind, words, _say("number-matmul", "Write * where one of the two is a single number; @ multiplies matrices."))
        for kind, words in (
            ("RuntimeError", "both arguments to matmul need to be at least 1D"),
            *(("TypeError", f"for @: '{number}' and 'Tensor'") for number in ("int", "float")),
            *(("TypeError", f"for @: 'Tensor' and '{number}'") for number in ("int", "float")),
        )
    ),
    (
        "RuntimeError",
        "Boolean value of Tensor with more than one value",
        _say("ambiguous-truth", "Write x.any() or x.all(), or compare one element."),
    ),
    (
        "RuntimeError",
        "cannot be converted to Scalar",
        _say("item", "Take one element first: x[0].item(), or use x.tolist()."),
    ),
    ("ValueError", "only one element tensors", _say("item", "Take one element first: float(x[0]), or use x.tolist().")),
    (
        "RuntimeError",
        "appears to not have been used in the graph",
        _say("unused-input", "Write allow_unused=True, or use the tensor in the computation."),
    ),
    (
        "RuntimeError",
        "One of the differentiated Tensors does not require grad",
        _say("no-requires-grad", "Make that tensor with requires_grad=True."),
    ),
    (
        "RuntimeError",
        "can't retain_grad on Tensor that has requires_grad=False",
        _say("no-requires-grad", "Make the tensor with requires_grad=True."),
    ),
    (
        "RuntimeError",
        "cannot register a hook on a tensor that doesn't require gradient",
        _say("no-requires-grad", "Make the tensor with requires_grad=True."),
    ),
    (
        "RuntimeError",
        "you can only change requires_grad flags of leaf",
        _say("non-leaf-flag", "Write y = y.detach() for a copy outside the graph."),
    ),
    ("RuntimeError", "Can't call numpy() on Tensor that requires grad", _say("numpy", "Write x.detach().numpy().")),
    (
        "RuntimeError",
        "Mismatch in shape: grad_output",
        _say("gradient-shape", "Give a gradient of the output's own shape."),
    ),
    (
        "RuntimeError",
        "attempting to assign a gradient of size",
        _say("gradient-shape", "Give .grad the tensor's own shape."),
    ),
    (
        "RuntimeError",
        "can't be cast to the desired output type",
        _say("in-place-cast", "Write x = x + 1.5 for a new tensor."),
    ),
    ("IndexError", "out of bounds for dimension", _say("index", "Indices run from 0 to the size minus 1.")),
    (
        "IndexError",
        "too many indices for tensor",
        _say("index", "Use at most as many indices as the tensor has dimensions."),
    ),
    ("IndexError", "invalid index of a 0-dim tensor", _say("index-scalar", "It holds one number: use x.item().")),
    ("IndexError", "Dimension out of range", _say("dimension", "Dimensions count from 0, or from the end as -1.")),
    ("IndexError", "index out of range", _say("index", "Indices run from 0 to len(...) - 1.")),
    ("TypeError", "iteration over a 0-d tensor", _say("index-scalar", "It holds one number: use x.item().")),
    ("TypeError", "len() of a 0-d tensor", _say("index-scalar", "It holds one number: use x.item().")),
    (
        "AssertionError",
        "Torch not compiled",
        _NO_GPU,
    ),
    (
        "NotImplementedError",
        "autocast on",
        _say("no-autocast", "Write enabled=False, or leave it out: everything is computed in float32 here."),
    ),
    (
        "RuntimeError",
        "PyTorch is not linked with support for",
        _NO_GPU,
    ),
    (
        "NotImplementedError",
        "device: only the CPU is here",
        _NO_GPU,
    ),
    ("RuntimeError", "have the same dtype", _ONE_DTYPE),
    ("RuntimeError", "to have same dtype", _ONE_DTYPE),
    ("RuntimeError", "expected scalar type", _ONE_DTYPE),
    ("RuntimeError", "size mismatch, got", _matmul),
    ("RuntimeError", "inconsistent tensor size, expected", _matmul),
    ("RuntimeError", "Expected size for first two dimensions of batch2", _matmul),
    (
        "RuntimeError",
        "expected target dtype to be Long",
        _say("target-dtype", "Class numbers are whole: write target.long()."),
    ),
    ("TypeError", "got an unexpected keyword argument", _keyword),
    ("TypeError", "Loss.__init__() takes", lambda _: LOSS_CALL),
    (
        "TypeError",
        "new() received an invalid combination of arguments",
        _say("constructor", "torch.Tensor takes sizes or numbers alone: write torch.tensor(data, requires_grad=True)."),
    ),
    (
        "NotImplementedError",
        'missing the required "forward" function',
        _say("no-forward", "Write def forward(self, x): in the class."),
    ),
    # Layers and losses that get what they were not made for
    (
        "RuntimeError",
        "all elements of input should be between 0 and 1",
        _say("probabilities", "Write torch.sigmoid(x) first, or take nn.BCEWithLogitsLoss for scores of any size."),
    ),
    (
        "RuntimeError",
        "channels, but got",
        _say("conv-channels", "in_channels of the layer must be the number of channels that it is given."),
    ),
    (
        "RuntimeError",
        "(unbatched) or",
        _say(
            "conv-input",
            "Sizes stand in the order batch, channels, height, width: add the one that is missing with .unsqueeze(0).",
        ),
    ),
    (
        "RuntimeError",
        "Kernel size can't be greater than actual input size",
        _say("kernel-size", "Take a smaller kernel, padding, or a larger input."),
    ),
    (
        "IndexError",
        "is out of bounds.",
        _say("target-range", "Class numbers go from 0 to one less than there are columns of scores."),
    ),
    (
        "ValueError",
        "to match target batch_size",
        _say("batch-sizes", "One target belongs to each row of scores: the first sizes of the two must be equal."),
    ),
    (
        "RuntimeError",
        "multi-target not supported",
        _say("target-column", "Class numbers stand in a row, not in a column: write target.squeeze(1)."),
    ),
    (
        "ValueError",
        "Expected more than 1 value per channel when training",
        _say("batch-of-one", "Give a batch of two or more, or call .eval() first."),
    ),
    (
        "RuntimeError",
        "running_mean should contain",
        _say("norm-features", "num_features of the layer must be the number of channels that it is given."),
    ),
    (
        "ValueError",
        "D input (got ",
        _say(
            "norm-dims",
            "BatchNorm1d is for rows, BatchNorm2d for images, BatchNorm3d for volumes: take the one for this input.",
        ),
    ),
    (
        "RuntimeError",
        "in loading state_dict for",
        _say("state-dict", "Load it into a model of the same layers: names and sizes must be those that were saved."),
    ),
    (
        "ValueError",
        "Using a target size",
        _say("same-sizes", "Make the two sizes equal: output.squeeze(1), or target.unsqueeze(1)."),
    ),
    (
        "ValueError",
        "must be the same as input size",
        _say("same-sizes", "Make the two sizes equal: output.squeeze(1), or target.unsqueeze(1)."),
    ),
    (
        "RuntimeError",
        "Sizes of tensors must match except in dimension",
        _say("cat-sizes", "All sizes but the one along dim must be equal."),
    ),
    (
        "RuntimeError",
        "stack expects each tensor to be equal size",
        _say("stack-sizes", "All must have one size: cut or pad them, or join them with torch.cat."),
    ),
    (
        "RuntimeError",
        "one of the following scalar types: Long, Int",
        _say("index-dtype", "Indices are whole numbers: write .long()."),
    ),
    (
        "RuntimeError",
        "only applicable to index tensor",
        _say("index-dtype", "Indices are whole numbers: write .long()."),
    ),
    (
        "RuntimeError",
        "must be equal to input_size",
        _say("layer-input", "The layer's size of input must be the last size of what it is given."),
    ),
    (
        "RuntimeError",
        "Given normalized_shape",
        _say("layer-input", "The layer's size of input must be the last size of what it is given."),
    ),
    (
        "AssertionError",
        "embed_dim must be divisible by num_heads",
        _say("heads", "Take a num_heads that divides embed_dim."),
    ),
    (
        "RuntimeError",
        "batch1 must be a 3D tensor",
        _say("matrices-in-batches", "torch.bmm takes batches of matrices: write a @ b for single ones."),
    ),
    (
        "ValueError",
        "optimizer got an empty parameter list",
        _say("no-parameters", "Give it parameters: model.parameters() of a model that has some, or a list of leaves."),
    ),
    ("RuntimeError", "einsum(): subscript", _say("einsum-sizes", "One letter stands for one size in all operands.")),
    ("RuntimeError", "permute(sparse_coo)", _say("permute-dims", "Name each dimension of the tensor once.")),
    (
        "RuntimeError",
        "is out of bounds for dimension",
        _say("index-range", "An index along a dimension goes from 0 to its size less one."),
    ),
    ("ValueError", "expected sequence of length", _say("ragged", "All rows of a nested list must be of one length.")),
    (
        "_LinAlgError",
        "the input matrix is singular",
        _say(
            "singular",
            "The matrix has no inverse: take torch.linalg.pinv or lstsq, or add a small number to its diagonal.",
        ),
    ),
    (
        "_LinAlgError",
        "is not positive-definite",
        _say(
            "not-positive-definite",
            "Only a symmetric matrix with eigenvalues above 0 has a Cholesky factor: a @ a.T plus a small diagonal is one.",
        ),
    ),
    (
        "RuntimeError",
        "split_with_sizes expects split_sizes to sum exactly",
        _say("split-sizes", "The sizes must add up to the tensor's."),
    ),
    (
        "RuntimeError",
        "probability tensor contains either",
        _say("weights", "Weights are 0 or more, and not all 0: a softmax makes such."),
    ),
    ("ZeroDivisionError", "", _say("zero-division", "Guard the divisor, or divide tensors, which give inf.")),
    ("KeyError", "", _say("key", "Look at the keys the dict has, or use d.get(key).")),
    ("NotImplementedError", "", _say("not-yet", "This part of PyTorch is not here yet.")),
    ("TypeError", "'NoneType'", _say("none", "This value is None: did backward() run, and is the tensor a leaf?")),
    ("AttributeError", "'NoneType'", _say("none", "This value is None: did backward() run, and is the tensor a leaf?")),
)

CODES = {
    "RuntimeError": "runtime-error",
    "ValueError": "value-error",
    "TypeError": "type-error",
    "IndexError": "index",
    "AttributeError": "attribute",
    "NameError": "name",
    "UnboundLocalError": "unbound-local",
    "AssertionError": "assertion",
    "OverflowError": "overflow",
}


_NONE = Hint("none-value", "This value is None. A function without return gives None, and so does print(...).")


def find(kind: str, text: str, node: ast.AST | None = None) -> Hint | None:
    """The hint for an error of this kind and text that arose in `node`, or None where there is nothing better to say than its words."""
    called = _called(node)
    if text.startswith("Boolean value of Tensor") and called.endswith("Loss"):
        return LOSS_CALL  # its first settings were flags once
    if isinstance(node, ast.Call) and (width := _width(text, called)) is not None:
        return width
    if text.endswith("object is not iterable") and f"optim.{called}" in OPTIMIZERS:
        return _PARAMETERS
    for of, part, read in TABLE:
        if of == kind and part in text:
            hint = read(text)
            return _NONE if hint.code == "none" and not _of_gradient(node) else hint
    return None


def _called(node: ast.AST | None) -> str:
    """The last name of what is called; empty where nothing is."""
    made = node.func if isinstance(node, ast.Call) else None
    return made.attr if isinstance(made, ast.Attribute) else made.id if isinstance(made, ast.Name) else ""


def _of_gradient(node: ast.AST | None) -> bool:
    """Whether an expression asks something of a `.grad`."""
    inner = node.func if isinstance(node, ast.Call) else node
    if isinstance(inner, (ast.Attribute, ast.Subscript)):
        inner = inner.value
    return inner is None or any(isinstance(one, ast.Attribute) and one.attr == "grad" for one in ast.walk(inner))

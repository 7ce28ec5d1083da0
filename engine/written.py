"""Kernels in symbols: written out as what they compute, or by a short name for what no line of symbols holds.

Spoken texts name these functions themselves (`vocabulary.SPOKEN`); the line, MathML and LaTeX show what stands here.
"""

from __future__ import annotations

import ast

# By name: what to call the arguments, and the formula that stands for the call, of real numbers where nothing is divided by zero.
WRITTEN: dict[str, tuple[tuple[str, ...], str]] = {
    "inv_backward": (("g", "inverse"), "-t(inverse) @ g @ t(inverse)"),
    "det_backward": (("g", "A", "det"), "g * det * t(inv(A))"),
    "slogdet_backward": (("g", "A"), "g * t(inv(A))"),
    "solved": (("A", "b"), "solve(A, b)"),
    "solve_outer": (("y", "x"), "-(y @ t(x))"),
    "solved_triangular": (("A", "b"), "solve(A, b)"),
    "triangle_outer": (("y", "x"), "-triangle(y @ t(x))"),
    "lu_solved": (("LU", "pivots", "b"), "solve(LU, b)"),
    "cholesky_solve": (("b", "L"), "solve(L @ t(L), b)"),
    "norm_backward": (("g", "x", "p", "norm"), "g * x * abs(x) ** (p - 2) / norm ** (p - 1)"),
    "euclid_ratio": (("g", "distance"), "g / distance"),
    "cumprod_backward": (("g", "x", "result"), "flip(cumsum(flip(g * result))) / x"),
    "logcumsumexp_backward": (("g", "x", "result"), "exp(x) * flip(cumsum(flip(g * exp(-result))))"),
    "bce_logits_slope": (("x", "y", "weight"), "(1 + (weight - 1) * y) * sigmoid(x) - weight * y"),
    "bce_logits_target": (("x", "weight"), "log_sigmoid(-x) - weight * log_sigmoid(x)"),
    "gate_slope": (("x",), "sigmoid(x) * (1 - sigmoid(x))"),
    "renorm_factor": (("size", "maxnorm"), "where(size > maxnorm, maxnorm / size, 1)"),
    "least_squares": (("A", "B"), "lstsq(A, B)"),
    "half": (("x", "dim", "place"), "half(x, place)"),
    "full_like": (("x", "value"), "value"),
    "masked_scatter": (("x", "mask", "g"), "put(g)"),
    "index_put": (("g",), "copy_slices(g)"),
    "index_filled": (("g",), "copy_slices(g)"),
    "mean_of": (("x",), "share(x)"),
    "norm_except": (("x",), "norm(x)"),
    "sum_except": (("x",), "sum(x)"),
}
# By name: the short name, and which argument it is said of.
BRIEF: dict[str, tuple[str, int]] = {
    "cholesky_backward": ("chol ′", 0),
    "cholesky_inverse_backward": ("chol inverse ′", 0),
    "cholesky_solve_factor": ("chol solve ′", 0),
    "eigh_backward": ("eigh ′", 0),
    "glu_backward": ("GLU ′", 0),
    "least_squares_matrix": ("lstsq ′", 0),
    "least_squares_side": ("lstsq ′", 0),
    "lu_backward": ("lu ′", 0),
    "lu_factor_backward": ("lu ′", 0),
    "lu_solve_factors": ("lu solve ′", 0),
    "matrix_exp": ("matrix exp", 0),
    "matrix_exp_backward": ("matrix exp ′", 0),
    "middle_of_all": ("median", 0),
    "nll_backward": ("nll ′", 0),
    "pinv_backward": ("pinv ′", 0),
    "prelu_twice": ("PReLU ′", 0),
    "prelu_twice_g": ("PReLU ′", 0),
    "qr_widened": ("qr ′", 1),
    "renorm_backward": ("renorm ′", 0),
    "sorted_along": ("sort", 0),
    "spread_backward": ("spread ′", 0),
    "svd_backward": ("svd ′", 0),
    "top_along": ("topk", 0),
}
_TREES = {name: (names, ast.parse(text, mode="eval").body) for name, (names, text) in WRITTEN.items()}


def written_out(tree: ast.expr) -> ast.expr:
    """The formula with such calls in symbols; the tree that is given stays as it is."""
    found: ast.expr = _Writer({}).visit(tree)
    return found


class _Writer(ast.NodeTransformer):
    def __init__(self, names: dict[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.names.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name)
        arguments: list[ast.expr] = [self.visit(each) for each in node.args]
        name = node.func.id
        if self.names or (name not in WRITTEN and name not in BRIEF):
            return ast.Call(node.func, arguments, [])
        if name in BRIEF:
            label, place = BRIEF[name]
            return ast.Call(ast.Name(label), [arguments[place]], [])
        names, body = _TREES[name]
        found: ast.expr = _Writer(dict(zip(names, arguments, strict=False))).visit(body)
        return found

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """A node like this one, of parts in symbols."""
        fields = {
            field: [self.visit(each) for each in value] if isinstance(value, list) else self.visit(value) if isinstance(value, ast.AST) else value
            for field, value in ast.iter_fields(node)
        }  # fmt: skip
        return type(node)(**fields)

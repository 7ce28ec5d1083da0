"""The page's own symbolic derivatives of scalar programs, held against what the engine's backward pass writes into `.grad`."""

import json

from engine.run import execute
from tests.test_javascript import answer

TOLD = """
import { readFileSync } from 'node:fs';
const { Trace } = await import('./static/js/state/trace.js');
const { evaluate } = await import('./static/js/state/algebra.js');
const { problemOf } = await import('./static/js/state/symbolic.js');
const told = JSON.parse(readFileSync(process.argv[1], 'utf8')).map((events) => {
  const problem = problemOf(new Trace(events));
  if ('code' in problem) return problem;
  const { algebra, whole, leaves, numbers } = problem;
  return Object.fromEntries([...leaves].map(([tensor, leaf]) => [tensor, evaluate(algebra.derivative(whole, leaf), numbers)]));
});
console.log(JSON.stringify(told));
"""

HEAD = """import torch
import torch.nn.functional as F
x = torch.tensor(0.7, requires_grad=True)
w = torch.tensor(-0.3, requires_grad=True)
c = torch.tensor(2.0)
"""

EXPRESSIONS = """x + w
torch.add(x, w, alpha=3)
torch.sub(x, w, alpha=2)
3 - x * w
2 / (x + 3) - x / w
x ** 3 - 2 ** x + (x + 1) ** w
-x.exp() * w + x.log() + (x + w).log2() + x.log10() + x.log1p() + x.expm1() + x.exp2()
(x.sqrt() + x.rsqrt() + x.square() + x.reciprocal()) * w
x.sin() * w.cos() + x.tan() + x.asin() * w.acos() + w.atan()
x.sinh() * w.cosh() + x.tanh() + x.asinh() + (x + 1).acosh() * w.atanh()
torch.sigmoid(x * w) + F.softplus(w) + F.silu(w) + F.logsigmoid(w)
torch.relu(x) * torch.relu(w) + F.leaky_relu(w, 0.1) + x * w.abs() + x.sign() * w
F.gelu(w) + torch.erf(x * w) + torch.hypot(x, w) + torch.lerp(x, w, 0.25) + torch.addcmul(x, w, c, value=0.5)
F.mse_loss(torch.tanh(w * x + c), x) + (x * w).sum() + (x + w).mean().clone()
x.detach() * w + x
x * x * x + w * x * w"""

REFUSED = {
    "torch.maximum(x, w)": "op",
    "(torch.ones(3) * x).sum()": "arrays",
    "x * w\ny.mul_(2.0)": "changed",
}


def events(expression: str) -> list[dict[str, object]]:
    """The trace of a program that differentiates an expression of x, w and c."""
    program = f"{HEAD}y = {expression}\ny.backward()\n"
    lines: list[bytes] = []
    execute(program, write=lambda first, more: lines.extend(more))
    return [json.loads(line) for line in lines]


def told(traces: list[list[dict[str, object]]]) -> list[dict[str, object]]:
    """What the page's modules make of traces: each leaf's derivative by its tensor, or why there is none."""
    found: list[dict[str, object]] = answer(TOLD, traces)
    return found


def test_the_symbolic_derivative_is_what_backward_writes():
    expressions = EXPRESSIONS.splitlines()
    traces = [events(expression) for expression in expressions]
    for expression, trace, found in zip(expressions, traces, told(traces), strict=True):
        written = {str(e["tensor"]): e["after"]["data"] for e in trace if e["kind"] == "gradient-accumulated"}
        assert written, expression
        assert "code" not in found, (expression, found)
        for tensor, gradient in written.items():
            assert abs(found[tensor] - gradient) <= 2e-5 * max(1, abs(gradient)), (expression, tensor)


def test_what_has_no_single_formula_is_refused_by_name():
    found = told([events(expression) for expression in REFUSED])
    assert [one.get("code") for one in found] == list(REFUSED.values())

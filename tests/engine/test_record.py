"""The recorder: contract events, in the engine's real order, with the values of their moment."""

import json
import math

import pytest

import engine as torch
from engine import arithmetic
from engine.ops import OPS
from engine.recorder import Recorder

FIELDS = {
    "tensor-created": {"tensor", "value", "requires_grad", "is_leaf", "base", "grad_of", "span"},
    "function-applied": {"function", "op", "name", "inputs", "settings", "outputs", "saved", "next", "span"},
    "backward-started": {"call", "via", "roots", "gradients", "retain_graph", "create_graph"},
    "function-reached": {"call", "function", "gradients"},
    "gradient-sent": {"call", "function", "input", "tensor", "to", "value", "summed_axes", "arithmetic"},
    "gradient-summed": {"call", "tensor", "to", "before", "added", "after", "part", "of"},
    "gradient-accumulated": {"call", "tensor", "before", "added", "after", "retained"},
    "buffers-freed": {"call", "functions"},
    "backward-finished": {"call"},
    "gradient-cleared": {"tensor", "to"},
    "gradient-set": {"tensor", "value"},
    "tensor-modified": {"tensor", "op", "version", "before", "after", "also"},
    "flag-changed": {"tensor", "flag", "value"},
    "hook-ran": {"tensor", "function", "before", "after"},
    "run-started": {"schema", "seed"},
    "run-finished": {"tensors", "functions", "calls"},
}
OPTIONAL = {"tensor-created": {"version"}, "gradient-sent": {"local"}, "backward-started": {"inputs", "span"}}


def recorded(work):
    with torch.record() as trace:
        work()
    return [json.loads(line) for line in trace.lines()]


def only(events, *kinds):
    return [event for event in events if event["kind"] in kinds]


def everything():
    torch.manual_seed(3)
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    w = torch.randn(2, 2, requires_grad=True)
    b = torch.tensor(0.5, requires_grad=True)
    h = (x @ w + b).tanh()
    h.retain_grad()
    h.register_hook(lambda g: g * 2)
    loss = (h * h).mean() + h.sum() * 2.0
    loss.backward(retain_graph=True)
    loss.backward()
    x.grad.zero_()
    w.grad = None
    b.grad = torch.tensor(1.0)
    with torch.no_grad():
        x -= 0.1
    y = x.detach()
    y[0] = 7.0
    parts = torch.stack([x, y]).unbind(0)
    torch.autograd.grad((parts[0] ** 2).sum(), x, create_graph=True)
    torch.optim.SGD([b], lr=0.1).step()


def test_every_event_has_the_fields_of_the_contract():
    events = recorded(everything)
    assert [event["seq"] for event in events] == list(range(len(events)))
    for event in events:
        assert list(event)[:3] == ["seq", "kind", "line"]
        fields = set(event) - {"seq", "kind", "line"}
        assert FIELDS[event["kind"]] <= fields <= FIELDS[event["kind"]] | OPTIONAL.get(event["kind"], set())
    assert {event["kind"] for event in events} == set(FIELDS)


def test_the_same_program_gives_the_same_bytes():
    traces = []
    for _ in range(2):
        with torch.record() as trace:
            everything()
        traces.append(trace.lines())
    assert traces[0] == traces[1]


def test_recording_changes_no_number():
    def work():
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        for _ in range(3):
            (x * x.exp()).sum().backward()
        return x.grad.tolist()

    plain = work()
    with torch.record():
        assert work() == plain


def test_outside_the_block_nothing_is_recorded():
    with torch.record() as trace:
        torch.tensor(1.0)
    before = trace.lines()
    torch.tensor(2.0)
    assert torch.recording.active is None
    assert trace.lines() == before


def test_ids_are_counted_in_order_of_creation():
    events = recorded(everything)
    tensors = [event["tensor"] for event in only(events, "tensor-created")]
    made = [out["tensor"] for event in only(events, "function-applied") for out in event["outputs"]]
    functions = [event["function"] for event in only(events, "function-applied")]
    assert functions == list(range(len(functions)))
    assert sorted({*tensors, *made}) == list(range(events[-1]["tensors"]))


def test_a_plain_number_operand_is_a_setting_and_null_among_the_inputs():
    def work():
        x = torch.tensor(3.0, requires_grad=True)
        (x * 2.0 - x**3 + 1 / x).backward()

    applied = {event["op"]: event for event in only(recorded(work), "function-applied")}
    assert applied["pow"]["inputs"] == [0] and applied["pow"]["settings"] == {"exponent": 3}
    times = next(event for event in only(recorded(work), "function-applied") if event["settings"] == {"other": 2.0})
    assert times["inputs"] == [0, None]


def test_repeated_inputs_stand_twice_and_their_gradients_meet():
    def work():
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()

    events = recorded(work)
    assert only(events, "function-applied")[0]["inputs"] == [0, 0]
    (summed,) = only(events, "gradient-summed")
    assert (summed["before"]["data"], summed["added"]["data"], summed["after"]["data"]) == (3.0, 3.0, 6.0)
    assert (summed["part"], summed["of"], summed["to"]) == (2, 2, ["accumulate", 0])
    (written,) = only(events, "gradient-accumulated")
    assert written["before"] is None and written["after"]["data"] == 6.0


def test_the_order_inside_a_call_is_reached_sent_summed_freed():
    def work():
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()

    kinds = [event["kind"] for event in recorded(work)]
    assert kinds[kinds.index("backward-started") :] == [
        "backward-started",
        "function-reached",
        "gradient-sent",
        "gradient-sent",
        "gradient-summed",
        "buffers-freed",
        "gradient-accumulated",
        "backward-finished",
        "run-finished",
    ]


def test_a_recorded_value_is_the_value_of_its_moment():
    def work():
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        x.sum().backward()
        x.sum().backward()
        x.grad.mul_(10)
        x.data.fill_(9)

    events = recorded(work)
    assert events[1]["value"]["data"] == [1.0, 2.0]
    first, second = only(events, "gradient-accumulated")
    assert first["after"]["data"] == second["before"]["data"] == [1.0, 1.0]
    assert second["after"]["data"] == [2.0, 2.0]
    grad, memory = only(events, "tensor-modified")
    assert (grad["before"]["data"], grad["after"]["data"]) == ([2.0, 2.0], [20.0, 20.0])
    assert only(events, "gradient-set")[0]["value"]["data"] == [20.0, 20.0]
    assert memory["also"] == [
        {"tensor": 0, "after": {"shape": [2], "dtype": "float32", "data": [9.0, 9.0]}, "version": 0}
    ]


def test_a_change_of_whole_numbers_in_place_is_one_step():
    events = recorded(lambda: torch.tensor([1, -2]).neg_())
    assert [event["kind"] for event in events[1:-1]] == ["tensor-created", "tensor-modified"]


def test_a_single_number_written_in_place_is_told_after_what_came_before():
    def work():
        a = torch.tensor(2.0)
        a -= 0.5
        a * 3.0
        a -= 0.5

    events = recorded(work)
    kinds = ["tensor-created", "tensor-modified", "function-applied", "tensor-modified"]
    assert [event["kind"] for event in events[1:-1]] == kinds
    assert events[3]["outputs"][0]["value"]["data"] == 4.5
    assert [event["after"]["data"] for event in only(events, "tensor-modified")] == [1.5, 1.0]


def test_arithmetic_puts_the_numbers_into_the_formula_that_ran():
    def work():
        n = torch.tensor(0.8814, requires_grad=True)
        (n.tanh() * -0.5872).backward()

    told = [event["arithmetic"] for event in only(recorded(work), "gradient-sent")]
    assert told == ["1 × (−0.5872)", "−0.5872 × (1 − 0.7071²)"]


def test_the_local_derivative_is_the_rule_run_with_a_gradient_of_one():
    def work():
        n = torch.tensor(0.0, requires_grad=True)
        (n.tanh() * 0.0).backward()

    assert [event["local"] for event in only(recorded(work), "gradient-sent")] == [0.0, 1.0]


def test_what_grad_was_asked_for_is_told():
    def work():
        x = torch.tensor(2.0, requires_grad=True)
        y = x * x
        torch.autograd.grad(y, [y, x], retain_graph=True)
        y.backward()

    assert [event.get("inputs") for event in only(recorded(work), "backward-started")] == [[1, 0], None]


NUMBERS = (0.5, -0.5, 3.0, -3.0, 0.99999, 123456.7, 1e-9, -1e-9, -2.5e20, math.inf, -math.inf, math.nan, 0.0, -0.0)


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_a_formula_typeset_once_reads_as_one_typeset_for_its_numbers(op):
    """Each number at each place, among numbers of either sign."""
    for formula in op.formulas:
        wording = arithmetic.Wording.of(formula)
        if wording is None:
            continue
        for turn, first in enumerate(NUMBERS):
            numbers = {
                name: NUMBERS[(turn + 5 * place) % len(NUMBERS)] for place, name in enumerate(sorted(formula.uses))
            }
            numbers |= {wording.names[0]: first} if wording.names else {}
            whole = formula.substitute({"n": "1", **{name: arithmetic.short(each) for name, each in numbers.items()}})
            texts = [
                arithmetic.said(numbers[name])[place] for name, place in zip(wording.names, wording.places, strict=True)
            ]
            assert json.loads(f'"{wording.text % tuple(texts)}"') == whole


def test_most_formulas_are_typeset_once():
    formulas = [formula for op in OPS.values() for formula in op.formulas]
    other = {formula.text for formula in formulas if arithmetic.Wording.of(formula) is None}
    assert "g / sqrt(self ** 2 + 1)" in other and len(other) < len(formulas) / 30


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1, "0.1"), (-0.123456, "−0.1235"), (3.0, "3"), (-0.0, "0"), (0.99999, "0.99999"), (0.999999999, "1"), (123456.7, "123456.7"),
        (999999.0, "999999"), (1e6, "1.000e6"), (0.0001, "0.0001"), (9.9999e-5, "1.000e−4"), (math.inf, "∞"),
        (-math.inf, "−∞"), (math.nan, "nan"), (True, "True"),
    ],
)  # fmt: skip
def test_a_number_in_a_line_has_four_digits_or_what_tells_it_from_a_whole_one(number, text):
    assert arithmetic.short(number) == text


def test_arithmetic_names_the_constants_of_a_formula():
    def work():
        torch.tensor(3.0, requires_grad=True).exp2().backward()

    assert [event["arithmetic"] for event in only(recorded(work), "gradient-sent")] == ["1 × 8 × ln2"]


def test_arithmetic_is_that_of_the_case_that_holds():
    """A quotient that is rounded has no slope, and neither has the zeroth power."""

    def work():
        x = torch.tensor(7.0, requires_grad=True)
        torch.div(x, 2.0, rounding_mode="floor").backward()
        (x**0).backward()

    assert [event["arithmetic"] for event in only(recorded(work), "gradient-sent")] == ["0", "0"]


def test_arithmetic_is_null_for_arrays():
    def work():
        x = torch.ones(2, requires_grad=True)
        x.exp().sum().backward()

    assert [event["arithmetic"] for event in only(recorded(work), "gradient-sent")] == [None, None]


def test_broadcast_axes_are_told():
    def work():
        x, b = torch.ones(2, 3, requires_grad=True), torch.ones(3, requires_grad=True)
        (x + b).sum().backward()

    assert [event["summed_axes"] for event in only(recorded(work), "gradient-sent")] == [[], [], [0]]


def test_an_op_inside_backward_is_recorded_only_under_create_graph():
    def work(create):
        x = torch.tensor(2.0, requires_grad=True)
        torch.autograd.grad(x**3, x, create_graph=create)

    assert len(only(recorded(lambda: work(False)), "function-applied")) == 1
    events = recorded(lambda: work(True))
    kinds = [event["kind"] for event in events]
    inner = kinds[kinds.index("function-reached") + 1 : kinds.index("gradient-sent")]
    assert inner and set(inner) == {"function-applied"}


def test_views_and_detached_tensors_name_their_base():
    def work():
        x = torch.ones(4, requires_grad=True)
        x.view(2, 2)
        x.detach()

    events = recorded(work)
    assert only(events, "function-applied")[0]["outputs"][0]["base"] == 0
    assert only(events, "tensor-created")[1]["base"] == 0


def test_untracked_ops_have_no_name_and_no_edges():
    (event,) = only(recorded(lambda: torch.ones(2) * 2), "function-applied")
    assert event["name"] is None and event["next"] == [None, None] and event["saved"] == []


def test_taking_hold_of_a_grad_tells_whose_it_is():
    def work():
        x = torch.ones(2, requires_grad=True)
        x.sum().backward()
        x.grad.clone()

    created = only(recorded(work), "tensor-created")
    assert created[-1]["grad_of"] == 0


def test_no_call_that_fails_is_finished():
    with pytest.raises(RuntimeError), torch.record() as trace:
        x = torch.tensor(2.0, requires_grad=True)
        y = x * x
        y.backward()
        y.backward()
    events = [json.loads(line) for line in trace.lines()]
    assert events[-1]["kind"] == "run-failed"
    assert len(only(events, "backward-started")) == 2 and len(only(events, "backward-finished")) == 1


def test_the_programs_own_events_carry_line_and_fields():
    recorder = Recorder()
    recorder.line = 4
    recorder.emit("printed", text="π\n")
    assert recorder.count == 1
    assert [json.loads(line) for line in recorder.flush()] == [{"seq": 0, "kind": "printed", "line": 4, "text": "π\n"}]
    assert recorder.flush() == []


def test_a_result_that_a_function_of_the_program_adopts_is_told_as_what_it_was():
    class Same(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            with torch.enable_grad():
                return x * 2.0

        @staticmethod
        def backward(ctx, g):
            return g * 2.0

    events = recorded(lambda: Same.apply(torch.tensor(3.0, requires_grad=True)).backward())
    assert [event["name"] for event in only(events, "function-applied")] == ["MulBackward0", "SameBackward", None]


def test_a_sweep_is_told_around_what_a_hook_tells():
    """The steps before a hook, the hook, an in-place write within it, and the steps after, each with the values of its moment."""
    w = torch.tensor(2.0)

    def hook(gradient):
        with torch.no_grad():
            w.mul_(10.0)
        return gradient * 3

    def work():
        x = torch.tensor(1.5, requires_grad=True)
        y = x * 5.0
        z = y * w.clone()
        z.register_hook(hook)
        (z * 7.0).backward()
        assert x.grad.item() == 7 * 3 * 2 * 5

    told = [(event["kind"], event.get("value", event.get("after", {})).get("data")) for event in recorded(work)]
    kinds = ("gradient-sent", "hook-ran", "tensor-modified", "gradient-accumulated")
    assert [(kind, data) for kind, data in told if kind in kinds] == [
        ("gradient-sent", 7.0), ("tensor-modified", 20.0), ("hook-ran", 21.0), ("gradient-sent", 42.0), ("gradient-sent", 210.0),
        ("gradient-accumulated", 210.0),
    ]  # fmt: skip


def test_gradients_landing_beside_grown_ones_keep_their_order():
    def work():
        a, b, c = (torch.tensor(float(number), requires_grad=True) for number in (1, 2, 3))
        (b * 2.0).backward()
        ((b * a) * (b * c)).backward()

    landed = only(recorded(work), "gradient-accumulated")
    assert [(event["tensor"], (event["before"] or {}).get("data"), event["after"]["data"]) for event in landed] == [
        (1, None, 2.0), (2, None, 4.0), (1, 2.0, 14.0), (0, None, 12.0),
    ]  # fmt: skip


def test_a_trace_can_be_saved_and_read(tmp_path):
    with torch.record() as trace:
        everything()
    trace.save(tmp_path / "trace.jsonl")
    assert (tmp_path / "trace.jsonl").read_bytes().splitlines() == trace.lines()
    assert [event.seq for event in trace.events()] == list(range(len(trace.lines())))


def test_what_is_written_to_after_a_block_changes_nothing_of_its_trace():
    with torch.record() as trace:
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()
    with torch.record() as later:
        x * 2
    with torch.no_grad():
        x.add_(100)
    x.grad.zero_()
    told = [json.loads(line) for line in trace.lines()]
    assert [event["value"]["data"] for event in only(told, "gradient-sent")] == [3.0, 3.0]
    assert only(told, "gradient-accumulated")[0]["after"]["data"] == 6.0
    assert [event["tensor"] for event in only(told, "tensor-created")] == [0]
    assert only([json.loads(line) for line in later.lines()], "tensor-created")[0]["value"]["data"] == 3.0


def test_an_inner_block_leaves_the_numbers_of_the_outer_one():
    with torch.record() as outer:
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()
        with torch.record(), torch.no_grad():
            x.add_(100)
    told = [json.loads(line) for line in outer.lines()]
    assert [event["value"]["data"] for event in only(told, "gradient-sent")] == [3.0, 3.0]


def test_the_variables_around_a_block_name_its_tensors():
    elsewhere = torch.tensor(1.0)
    with torch.record() as trace:
        x = torch.tensor(3.0, requires_grad=True)
        _hidden = loss = x * 2
    told = [json.loads(line) for line in trace.lines()]
    assert [(event["name"], event["tensor"]) for event in only(told, "name-bound")] == [("x", 0), ("loss", 1)]
    assert [event["seq"] for event in told] == list(range(len(told))) and told[-1]["kind"] == "run-finished"
    assert elsewhere.item() == 1.0 and loss is _hidden and repr(trace) == f"<trace of {len(told)} events>"


def test_a_tensor_that_nothing_made_has_its_name_from_the_first():
    """Not only when the block is over: what is seen of its first steps says `w`, not `[2]`."""
    data = torch.tensor([1.0, 2.0])
    with torch.record() as trace:
        w = torch.tensor([0.5, -1.0], requires_grad=True)
        loss = (w * data).sum()
        loss.backward()
        w.grad.zero_()
        also = loss
    told = [json.loads(line) for line in trace.lines()]
    assert also is loss
    for name in ("w", "data"):
        at = next(event["seq"] for event in only(told, "name-bound") if event["name"] == name)
        assert told[at - 1]["kind"] == "tensor-created" and told[at - 1]["tensor"] == told[at]["tensor"]
    assert [event["name"] for event in only(told, "name-bound")] == ["w", "data", "loss", "also"]


def test_the_modules_around_a_block_name_their_parameters():
    net = torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.Linear(2, 1))
    w = net[1].bias
    with torch.record() as trace:
        head = torch.nn.Linear(1, 1)
        _own = torch.nn.Linear(1, 1)
        _own(head(net(torch.ones(1)))).backward()
    assert w is not None
    events = [(event.name, event.tensor) for event in trace.events() if event.kind == "name-bound"]
    named = dict(events)
    assert sorted(named) == ["head.bias", "head.weight", "net.0.bias", "net.0.weight", "net.1.weight", "w"]
    assert len(events) == len(named), "each name is told once"
    frame = trace.frame()
    assert frame.tensors[named["net.0.weight"]].name == "net.0.weight" and frame.tensors[named["w"]].name == "w"

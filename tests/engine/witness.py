"""What each field of each event must hold, held against the events before it: a reader of traces that believes nothing.

`Witness().read(events)` raises AssertionError, with the event, where a trace contradicts itself or the rules of autograd. One method for each
kind of event, found by its name. Numbers are added up again in their own dtype; a summary of a large array is only compared as it stands.
"""

from __future__ import annotations

import numpy as np

from engine.events import KINDS, SCHEMA
from engine.ops import OPS


def array(value):
    """The numbers of a `Value` in its own dtype, None where it is a summary."""
    if value is None or "data" not in value:
        return None
    made = np.array(value["data"], dtype=value["dtype"]).reshape(value["shape"])
    return made


def same(left, right):
    if left is None or right is None:
        return left is right
    if "data" not in left:
        return left == right
    return left["shape"] == right["shape"] and np.array_equal(
        array(left), array(right), equal_nan=left["dtype"] != "bool"
    )


def added(left, right):
    """The sum of two Values in their own dtype, None where one is a summary."""
    one, other = array(left), array(right)
    with np.errstate(all="ignore"):
        return None if one is None or other is None else one + other


def equals(numbers, value):
    return numbers is None or (
        list(numbers.shape) == value["shape"] and np.array_equal(numbers, array(value), equal_nan=True)
    )


class Call:
    """One backward call under way."""

    def __init__(self, event):
        self.event = event
        self.number = event["call"]
        # What arrived so far, and in how many parts, by where it goes.
        self.sums, self.parts, self.told = {}, {}, {}
        self.running, self.sent, self.reached, self.freed = None, [], [], set()
        self.hooked, self.handed, self.written, self.seeds = {}, None, {}, []

    def arrive(self, target, value):
        self.parts[target] = self.parts.get(target, 0) + 1
        self.sums.setdefault(target, value)


class Witness:
    """Reads the events of one run in order."""

    def __init__(self, *, packs=False):
        """`packs`: the program has hooks of saved tensors, which see a result before its op is told."""
        self.packs = packs
        self.tensors, self.functions, self.calls, self.open = {}, {}, 0, []
        self.scopes, self.line, self.ended, self.count = [], None, False, 0
        self.left, self.told, self.uncounted = set(), {}, False

    def read(self, events):
        for event in events:
            try:
                self.one(event)
            except (AssertionError, KeyError, IndexError, TypeError, ValueError) as wrong:
                raise AssertionError(f"{type(wrong).__name__} {wrong}: {event}") from wrong
        assert self.ended, "a trace ends in a terminal event"
        return self

    def one(self, event):
        assert event["seq"] == self.count and not self.ended and event["kind"] in KINDS
        assert (event["kind"] == "run-started") == (self.count == 0)
        self.count += 1
        assert not self.uncounted or event["kind"] in ("scope-left", "error-caught", "run-failed"), "a write is counted"
        self.uncounted = self.uncounted and event["kind"] == "scope-left"
        if event["kind"] not in ("run-started", "run-failed", "run-finished", "noticed", "line-reached"):
            self.placed(event)
        getattr(self, event["kind"].replace("-", "_"))(event)

    def placed(self, event):
        """The line is that of the innermost statement under way; an error may have left some, and a lambda has a line but no statement."""
        line, at = event["line"], [line for _, _, line in self.scopes]
        if line != self.line and event["kind"] != "error-caught":
            known = line in at or line in self.left or line in self.resumed() or self.lambdas()
            assert known, f"the line is that of the statement: {self.line}"
            self.line = line

    def lambdas(self):
        return any(label == "<lambda>" for _, label, _ in self.scopes)

    def resumed(self):
        """The lines of the function under way that were reached before: a generator goes on where it stood."""
        functions = [label for scope, label, _ in self.scopes if scope == "function"]
        return self.told.get(functions[-1], set()) if functions else set()

    # The program

    def run_started(self, event):
        assert event["schema"] == SCHEMA and isinstance(event["seed"], int | None)

    def line_reached(self, event):
        assert event["line"] >= 1
        self.line, self.left = event["line"], set()
        for label in [label for scope, label, _ in self.scopes if scope == "function"][-1:]:
            self.told.setdefault(label, set()).add(event["line"])

    def name_bound(self, event):
        assert event["name"]
        if event["tensor"] is not None:
            assert event["tensor"] in self.tensors and event["value"] is None
        held = event["value"].get("tensors", ()) if isinstance(event["value"], dict) else ()
        assert all(each is None or each in self.tensors for each in held)

    def scope_entered(self, event):
        assert event["scope"] and isinstance(event["label"], str)
        self.scopes.append((event["scope"], event["label"], event["line"]))

    def scope_left(self, event):
        scope, label, line = self.scopes.pop()
        assert (event["scope"], event["label"]) == (scope, label), "the innermost scope is left first"
        if scope == "function":
            self.line = line
        self.left.add(line)

    def printed(self, event):
        assert event["text"]

    def error_caught(self, event):
        assert event["error"].isidentifier() and isinstance(event["message"], str)
        # It may have ended the calls under way, or have been caught within one, as by what a checkpoint runs again: the next event tells.

    def noticed(self, event):
        assert event["code"] and event["message"] and len(event["span"]) == 4

    def run_failed(self, event):
        assert event["status"] in ("failed", "limited", "stopped") and event["code"] and event["message"] is not None
        self.ended = True

    def run_finished(self, event):
        assert (event["tensors"], event["functions"], event["calls"]) == (
            len(self.tensors),
            len(self.functions),
            self.calls,
        )
        assert not self.scopes, "every scope was left"
        self.ended = True

    # Forward

    def spanned(self, event):
        span = event["span"]
        if span is not None:
            assert len(span) == 4 and (span[0], span[1]) <= (span[2], span[3]) and span[0] >= event["line"], (
                "the span lies in the statement"
            )

    def new(self, number, value, requires_grad, is_leaf, base, version):
        assert number == len(self.tensors), "ids are counted"
        assert base is None or base in self.tensors
        assert not requires_grad or value["dtype"].startswith("float")
        self.tensors[number] = {
            "value": value, "requires_grad": requires_grad, "is_leaf": is_leaf, "base": base, "grad": None, "from": None,
            "version": version, "retains": False, "was": [], "past": value,
            "handle": None,
        }  # fmt: skip

    def tensor_created(self, event):
        base, owner = event["base"], event["grad_of"]
        version = event.get("version", 0 if base is None else self.tensors[base]["version"])
        self.new(event["tensor"], event["value"], event["requires_grad"], event["is_leaf"], base, version)
        self.spanned(event)
        if owner is not None:
            assert owner in self.tensors and same(self.tensors[owner]["grad"], event["value"]), "a .grad is its owner's"
            self.tensors[owner]["handle"] = event["tensor"]
        assert event["is_leaf"] or self.packs, "what no op made is a leaf"

    def function_applied(self, event):
        assert event["function"] == len(self.functions), "ids are counted"
        assert event["op"] in OPS or event["name"] is None or event["name"] == f"{event['op']}Backward"
        self.spanned(event)
        inputs, tracked = event["inputs"], event["name"] is not None
        assert all(each is None or each in self.tensors for each in inputs) and len(event["next"]) == len(inputs)
        before = {each: dict(self.tensors[each]) for each in inputs if each is not None}
        for place, output in enumerate(event["outputs"]):
            number, requires, leaf = output["tensor"], output["requires_grad"], output["is_leaf"]
            base = output["base"]
            shown = base is not None and self.tensors[base]["requires_grad"]
            assert requires != leaf if tracked and requires else leaf or not tracked, "a result with a node is no leaf"
            assert not requires or tracked or shown, "what requires grad has a node, or is a view of what requires it"
            if number in self.tensors:
                mine = self.tensors[number]
                assert mine["base"] == output["base"] and same(mine["value"], output["value"]), (
                    f"{mine['base']} {output['base']} a write was told before: {mine}"
                )
                mine.update(value=output["value"], requires_grad=requires, is_leaf=leaf)
            else:
                version = 0 if output["base"] is None else self.tensors[output["base"]]["version"]
                self.new(number, output["value"], requires, leaf, output["base"], version)
            if requires and tracked:
                self.tensors[number]["from"] = "function", event["function"], place
                self.tensors[number]["was"].append(self.tensors[number]["from"])
        if not tracked:
            assert not event["saved"] and not any(event["next"]), "what is not tracked keeps nothing"
        else:
            assert (
                any(event["next"])
                or event["op"] == "as_strided"
                or any(
                    before[each]["requires_grad"] and before[each]["is_leaf"] and before[each]["base"] is not None
                    for each in before
                )
            ), "a node has somewhere to send, but from what was seen without a graph"
        for number, to in zip(inputs, event["next"], strict=True):
            if to is not None:
                self.leads(event, before[number], number, to)
        places = {output["tensor"]: place for place, output in enumerate(event["outputs"])}
        mine = places.keys() & before.keys()
        shapes = [
            None if each is None else before[each]["past" if each in mine else "value"]["shape"] for each in inputs
        ]
        self.functions[event["function"]] = {**event, "freed": False, "places": places, "shapes": shapes}

    def leads(self, event, tensor, number, to):
        """An edge leads to where the input came from, a leaf's to the leaf itself."""
        assert tensor["requires_grad"], "only what requires grad is led to"
        if to[0] == "accumulate":
            assert to[1] in self.tensors
            assert tensor["from"] is None, "a result leads to its function"
            assert to[1] == number
        else:
            assert to[0] == "function" and to[1] is not None
            # What a node saved of a tensor is the tensor as it was before a write.
            assert tuple(to) == tensor["from"] or (self.open and tuple(to) in tensor["was"]), (
                f"the function is that of the tensor: {tensor['from']}"
            )

    # Memory and flags

    def memory(self, number):
        """The tensor whose memory this one looks at."""
        while self.tensors[number]["base"] is not None:
            number = self.tensors[number]["base"]
        return number

    def tensor_modified(self, event):
        mine = self.tensors[event["tensor"]]
        assert same(event["before"], mine["value"]), f"before is what was there: {mine['value']}"
        assert (event["op"] and event["after"]["dtype"] == mine["value"]["dtype"]) or event["op"] in ("data", "set_")
        assert event["version"] >= mine["version"] or event["op"] == "data"
        # Only one that is refused once it was made is not, nor what batch_norm keeps, nor what `apply_` puts there, nor that of another sample than the first within `vmap`.
        sample = mine["base"] is not None and any(
            each["version"] == event["version"] > 0 and self.memory(number) == self.memory(event["tensor"])
            for number, each in self.tensors.items()
            if number != event["tensor"]
        )
        counted = event["version"] != mine["version"] or event["op"] in (
            "data",
            "batch_norm",
            "apply_",
            "map_",
            "map2_",
        )
        self.uncounted = not (counted or sample)
        if event["op"] == "data":
            mine.setdefault("made_of", event["before"]["shape"])
        mine["value"], mine["past"], mine["version"] = event["after"], event["before"], event["version"]
        self.seen(event)

    def seen(self, event):
        """The others over the same memory show it, and count the write where they share the counter."""
        for other in event.get("also", ()):
            assert other["tensor"] != event["tensor"] or event["kind"] == "gradient-accumulated"
            mine = self.tensors[other["tensor"]]
            assert other["version"] >= mine["version"]
            mine["value"], mine["version"] = other["after"], other["version"]

    def flag_changed(self, event):
        mine = self.tensors[event["tensor"]]
        assert event["flag"] in ("requires_grad", "retains_grad")
        if event["flag"] == "requires_grad":
            assert mine["requires_grad"] != event["value"], "a flag that changed was another"
            mine["requires_grad"] = event["value"]
            if not event["value"]:
                mine["from"], mine["is_leaf"], mine["was"] = None, True, []
        else:
            assert event["value"] and not mine["is_leaf"] and not mine["retains"]
            mine["retains"] = True

    def gradient_cleared(self, event):
        mine = self.tensors[event["tensor"]]
        assert event["to"] in ("none", "zero")
        if event["to"] == "none":
            mine["grad"] = None
        else:
            assert mine["grad"] is not None
            value = mine["grad"]
            mine["grad"] = {**value, "data": np.zeros(value["shape"]).tolist()} if "data" in value else None
            mine["unsure"] = "data" not in value

    def gradient_set(self, event):
        mine = self.tensors[event["tensor"]]
        assert event["value"]["shape"] == mine["value"]["shape"] and event["value"]["dtype"] == mine["value"]["dtype"]
        mine["grad"] = event["value"]

    # Backward

    def backward_started(self, event):
        assert event["call"] == self.calls and event["via"] in ("backward", "grad")
        self.calls += 1
        assert len(event["roots"]) == len(event["gradients"]) > 0
        assert event["via"] == "backward" or event["inputs"]
        call = Call(event)
        for root, gradient in zip(event["roots"], event["gradients"], strict=True):
            mine = self.tensors[root]
            assert mine["requires_grad"] and gradient["shape"] == mine["value"]["shape"]
            assert gradient["dtype"] == mine["value"]["dtype"]
            target = self.place(root)
            call.arrive(target, gradient)
            if call.parts[target] > 1:
                call.seeds.append((target, gradient, root, call.parts[target]))
        assert all(each in self.tensors for each in event.get("inputs") or ())
        self.open.append(call)

    def place(self, number):
        """Where a gradient for this tensor goes."""
        made = self.tensors[number]["from"]
        return ("accumulate", number) if made is None else made

    def call(self, event):
        while self.open and self.open[-1].number != event["call"]:
            self.open.pop()
        assert self.open, "the call is under way"
        return self.open[-1]

    def function_reached(self, event):
        call, made = self.call(event), self.functions[event["function"]]
        assert event["function"] not in call.reached, "a node runs once"
        assert made["name"] is not None and len(event["gradients"]) == len(made["outputs"])
        call.reached.append(event["function"])
        for place, (gradient, output) in enumerate(zip(event["gradients"], made["outputs"], strict=True)):
            key = ("function", event["function"], place)
            arrived = call.sums.get(key)
            if gradient is not None:
                assert gradient["shape"] == output["value"]["shape"]
            assert same(gradient, call.hooked.get(key, arrived)), f"it is what arrived, after hooks: {arrived}"
        call.running, call.sent, call.handed = event["function"], [], None

    def gradient_sent(self, event):
        call, made = self.call(event), self.functions[event["function"]]
        assert event["function"] == call.running and event["input"] not in call.sent
        call.sent.append(event["input"])
        assert event["tensor"] == made["inputs"][event["input"]] and event["to"] == made["next"][event["input"]]
        wanted = made["shapes"][event["input"]], self.tensors[event["tensor"]].get("made_of")
        assert event["value"]["shape"] in wanted and event["value"]["dtype"].startswith("float")
        assert event["summed_axes"] == sorted(set(event["summed_axes"]))
        if call.handed is not None:
            assert any(same(event["value"], each) for each in call.handed), "it is what a hook left"
        target = tuple(event["to"])
        call.arrive(target, event["value"])
        call.last = target, event["value"]
        if isinstance(event.get("local"), float) and event["arithmetic"] is None:
            raise AssertionError("a local derivative belongs to single numbers")

    def gradient_summed(self, event):
        call = self.call(event)
        if call.seeds:
            target, value, tensor, part = call.seeds.pop(0)
        else:
            (target, value), tensor = call.last, self.functions[call.running]["inputs"][call.sent[-1]]
            part = call.parts[target]
        assert tuple(event["to"]) == target and event["tensor"] == tensor
        assert same(event["before"], call.sums[target]) and same(event["added"], value)
        assert equals(added(event["before"], event["added"]), event["after"])
        assert event["part"] == part and 2 <= event["part"] <= event["of"]
        call.sums[target] = event["after"]
        call.told[target] = event["of"]

    def buffers_freed(self, event):
        call = self.call(event)
        assert not call.event["retain_graph"]
        for number in event["functions"]:
            made = self.functions[number]
            assert number == call.running and not made["freed"] and (made["saved"] or made["op"] in ("copy_slices",))
            made["freed"] = True

    def gradient_accumulated(self, event):
        call, mine = self.call(event), self.tensors[event["tensor"]]
        assert call.event["via"] == "backward" or event["retained"]
        if not mine.pop("unsure", False):
            assert same(event["before"], mine["grad"]), f"before is what stood there: {mine['grad']}"
        if event["before"] is None:
            assert same(event["after"], event["added"])
        else:
            assert equals(added(event["before"], event["added"]), event["after"])
        assert event["retained"] == (not mine["is_leaf"] or bool(mine["was"])), (
            "a leaf's .grad is written, or one that is kept"
        )
        if event["retained"]:
            assert mine["retains"] or event["tensor"] in call.event["inputs"]
        key = next(key for key in (self.place(event["tensor"]), *mine["was"]) if key in call.sums)
        assert same(event["added"], call.hooked.get(key, call.sums[key])), "it is what arrived, after hooks"
        if event["before"] is None or call.event["create_graph"]:
            mine["handle"] = None
        elif mine["handle"] is not None:
            held = self.tensors[mine["handle"]]
            held["value"], held["version"] = event["after"], held["version"] + 1
        self.seen(event)
        mine["grad"] = call.written[event["tensor"]] = event["after"]

    def backward_finished(self, event):
        call = self.call(event)
        self.open.pop()
        for target, of in call.told.items():
            assert call.parts[target] <= of, "no more meet than were said to"
        for number in call.reached:
            made = self.functions[number]
            assert call.event["retain_graph"] or made["freed"] or not made["saved"], "what ran gave up what it saved"
        for target in call.sums if call.event.get("inputs") is None else ():
            if target[0] == "function":
                assert target[1] in call.reached, "what got a gradient ran"
            else:
                taken = call.hooked.get(target, ...) is None
                assert taken or target[1] in call.written or not self.tensors[target[1]]["requires_grad"], (
                    "a leaf's .grad was written, but where a hook took its gradient away"
                )

    def hook_ran(self, event):
        """On a tensor it sees the gradient that arrived; on a node what arrives at its outputs, or what it is about to hand back."""
        call, before, after = self.open[-1], event["before"], event["after"]
        number = event["function"]
        if not isinstance(before, list):
            assert event["tensor"] is not None
            key = (
                self.place(event["tensor"])
                if number is None
                else ("function", number, self.functions[number]["places"][event["tensor"]])
            )
            assert same(before, call.hooked.get(key, call.sums[key])), "it sees what arrived"
            call.hooked[key] = after
        elif number is None:
            key = ("accumulate", event["tensor"])
            assert len(before) == 1 and before[0]["shape"] == self.tensors[event["tensor"]]["value"]["shape"]
            if not same(call.written.get(event["tensor"]), before[0]):
                assert same(before[0], call.hooked.get(key, call.sums[key])), (
                    "it sees what arrived, or what was written"
                )
                call.hooked[key] = after[0]
        elif call.running != number:
            for place, (left, right) in enumerate(zip(before, after, strict=True)):
                key = ("function", number, place)
                assert same(left, call.hooked.get(key, call.sums.get(key))), "it sees what arrived"
                call.hooked[key] = right
        else:
            assert len(before) == len(after) <= len(self.functions[number]["inputs"])
            if call.handed is not None:
                assert all(map(same, before, call.handed)), "it sees what the hook before it left"
            call.handed = after

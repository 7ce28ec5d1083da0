"""Which syntax belongs to the language, and what to say of the rest: the tables of the check."""

from __future__ import annotations

import ast

from engine.program.homes import HOMES

ACCEPTED: frozenset[type[ast.AST]] = frozenset(
    {
        *(ast.Module, ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Pass, ast.Assert, ast.Raise),
        *(ast.For, ast.While, ast.If, ast.With, ast.withitem, ast.Break, ast.Continue, ast.Try, ast.ExceptHandler),
        *(ast.FunctionDef, ast.ClassDef, ast.Return, ast.Lambda, ast.arguments, ast.arg, ast.Global, ast.Nonlocal),
        *(ast.Import, ast.ImportFrom, ast.alias),
        *(ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.Call, ast.keyword),
        *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.NamedExpr),
        *(ast.List, ast.Tuple, ast.Dict, ast.ListComp, ast.DictComp, ast.GeneratorExp, ast.comprehension),
        *(ast.Set, ast.SetComp, ast.Yield, ast.YieldFrom),
        *(ast.Match, ast.match_case, ast.MatchValue, ast.MatchSingleton, ast.MatchSequence, ast.MatchMapping),
        *(ast.MatchClass, ast.MatchStar, ast.MatchAs, ast.MatchOr),
        *(ast.JoinedStr, ast.FormattedValue),
        *(ast.Load, ast.Store, ast.Del, ast.And, ast.Or, ast.Not, ast.Invert, ast.UAdd, ast.USub),
        *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult),
        *(ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift),
        *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn),
    }
)

REFUSED: dict[str, tuple[str, str, str]] = {
    "AsyncFunctionDef": ("async functions", "Write a plain def: everything here runs in order.", "async"),
    "AsyncFor": ("async for", "Write a plain for.", "async"),
    "AsyncWith": ("async with", "Write a plain with.", "async"),
    "Await": ("await", "Call the function without it.", "async"),
    "TryStar": ("except*", "Write except.", "except-star"),
    "TypeAlias": ("type aliases", "Leave the line out: types are not needed here.", "type-alias"),
    "TypeVar": ("type parameters", "Leave them out: types are not needed here.", "type-alias"),
    "ParamSpec": ("type parameters", "Leave them out: types are not needed here.", "type-alias"),
    "TypeVarTuple": ("type parameters", "Leave them out: types are not needed here.", "type-alias"),
    "TemplateStr": ("template strings", "Write an f-string.", "template-string"),
    "Interpolation": ("template strings", "Write an f-string.", "template-string"),
}

MODULES = frozenset(
    {
        *("torch", "torch.nn", "torch.nn.functional", "torch.nn.init", "torch.optim", "torch.autograd", "torch.linalg"),
        *(
            "torch.autograd.forward_ad",
            "torch.autograd.function",
            "torch.autograd.functional",
            "torch.autograd.graph",
            "torch.nn.utils",
            "torch.nn.utils.rnn",
            "torch.nn.utils.parametrize",
            "torch.nn.utils.parametrizations",
            "torch.nn.utils.prune",
            "torch.distributions",
            "torch.optim.lr_scheduler",
            "torch.optim.swa_utils",
            "torch.autograd.profiler",
            "torch.profiler",
            "torch.random",
            "torch.special",
            "torch.testing",
            "torch.utils",
            "torch.utils.data",
            "torch.utils.checkpoint",
            "torch.func",
            "torch.amp",
            "torch.cuda.amp",
            "math",
            *(
                "argparse",
                "bisect",
                "enum",
                "gc",
                "types",
                "heapq",
                "json",
                "statistics",
                "sys",
                "collections",
                "contextlib",
                "copy",
                "abc",
                "dataclasses",
                "functools",
                "inspect",
                "itertools",
                "numpy",
                "numpy.linalg",
                "numpy.random",
                "operator",
                "random",
                "re",
                "string",
                "time",
                "tqdm",
                "tqdm.auto",
                "tqdm.notebook",
                "typing",
                "unicodedata",
                "warnings",
            ),
        ),
        *HOMES,
        "torch.nn.modules.utils",
    }
)

AVAILABLE = (
    "Available are torch, numpy, math, random, re, collections, contextlib, itertools, functools, operator, copy, dataclasses, abc, argparse, string, unicodedata, inspect, time, enum, heapq, bisect, statistics, json, sys, tqdm and typing; "
    "leave the rest out."
)
_PLOT = "import-plot", "Leave it out: the graph and its numbers are the picture here."
_DATA = "import-data", "Data sets are not here: make a small tensor with torch.randn instead."
_FILES = "import-files", "A program here has no files and no system."
_NOTEBOOK = "import-notebook", "Leave it out: it belongs to the notebook."
_HELPERS = "import-helpers", "The book's helpers are not here: paste the function you need into the program."
_ABOVE = "import-above", "Libraries built on PyTorch are not here: write the model with torch.nn."
_GAME = "import-game", "There is no game here: write a class with reset() and step()."
_SCRIPT = (
    "import-script",
    "Leave it out: a program here has no command line and no second process; print shows what you want to see.",
)
FOREIGN: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("matplotlib", "seaborn", "plotly", "torchviz", "graphviz", "cv2", "PIL", "skimage"), _PLOT),
    **dict.fromkeys(("torchsummary", "torchinfo", "tensorboard", "tensorboardX", "wandb", "mlflow"), _PLOT),
    "torch.utils.tensorboard": _PLOT,
    **dict.fromkeys(("torchvision", "torchtext", "torchaudio", "sklearn", "datasets", "pandas", "nltk"), _DATA),
    "d2l": _HELPERS,
    **dict.fromkeys(("transformers", "timm", "diffusers", "tokenizers", "tiktoken", "sentencepiece"), _ABOVE),
    **dict.fromkeys(
        ("pytorch_lightning", "lightning", "fastai", "fastcore", "ignite", "accelerate", "torchmetrics"), _ABOVE
    ),
    **dict.fromkeys(("gym", "gymnasium", "minigrid", "pygame"), _GAME),
    **dict.fromkeys(("logging", "threading", "multiprocessing", "asyncio", "torch.multiprocessing"), _SCRIPT),
    **dict.fromkeys(
        ("os", "pathlib", "shutil", "glob", "io", "pickle", "csv", "urllib", "requests", "subprocess"),
        _FILES,
    ),
    **dict.fromkeys(("IPython", "google", "ipywidgets"), _NOTEBOOK),
}
"""What to say of modules that people bring along: a code, and what to do instead."""


DUNDER_NAMES = frozenset({"__name__"})

REFUSED_ATTRIBUTES = {
    "format_map": ("str.format_map", 'Write an f-string: f"{x:.2f}".', "str-format"),
}

REFUSED_NAMES = {
    "eval": "Write the expression itself.",
    "exec": "Write the statements themselves.",
    "compile": "Write the statements themselves.",
    "vars": "Print the variables by their names.",
    "globals": "Print the variables by their names.",
    "locals": "Print the variables by their names.",
    "dir": "The inspector shows what a tensor has.",
    "open": "A program here has no files: write the numbers into it.",
    "input": "Write the value into the program: x = 3.",
    "breakpoint": "Step through the run with the timeline.",
    "help": "Click an operation in the graph to read about it.",
    "memoryview": "Use a list.",
    "bytes": "Use a list of numbers.",
    "bytearray": "Use a list of numbers.",
    "object": "Write class A: for an object of your own.",
    "frozenset": "Use a tuple.",
    "complex": "Complex numbers are not here.",
    "staticmethod": "Write @staticmethod above a def inside a class.",
    "super": "Write super().__init__() or super().name(...) inside a method.",
    "exit": "A run ends with its last line.",
    "quit": "A run ends with its last line.",
}

CLASS_BODY = frozenset({ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.Pass, ast.Expr})

# CPython's words (or their beginning) -> our code and what to do.
SYNTAX_HINTS: tuple[tuple[str, str, str], ...] = (
    ("expected ':'", "missing-colon", "End the line with a colon."),
    ("unexpected indent", "indentation", "Delete the spaces in front of this line."),
    ("unindent does not match", "indentation", "Give this line as many spaces as a line above that it belongs to."),
    ("expected an indented block", "indentation", "Indent the next line by four spaces."),
    ("inconsistent use of tabs", "tabs", "Indent every line with spaces, four a level."),
    ("invalid syntax. Maybe you meant '=='", "single-equals", "Write == to compare."),
    ("invalid syntax. Perhaps you forgot a comma", "missing-comma", "Put a comma between the two values."),
    ("unterminated string literal", "open-string", "Close the string with the quote that opened it."),
    ("unterminated triple-quoted", "open-string", "Close the string with three quotes."),
    ("unterminated f-string", "open-string", "Close the string with the quote that opened it."),
    ("f-string: expecting '}'", "bracket", "Close the { of the f-string with }."),
    ("Missing parentheses in call to 'print'", "print-call", "Write print( ... )."),
    ("unmatched", "bracket", "Delete this bracket, or open one before it."),
    ("closing parenthesis", "bracket", "Close the bracket with its own partner."),
    ("cannot assign to", "assign-target", "Only names, x.grad and x[i] can stand left of =."),
    ("unexpected character after line continuation", "backslash", "A backslash must be the last sign of its line."),
    ("invalid decimal literal", "number", "A name cannot begin with a digit."),
    ("leading zeros in decimal", "number", "Write the number without the zeros in front."),
    ("too many nested parentheses", "nesting", "Split the expression over several lines with names."),
    ("Exceeds the limit", "limit-integer", "Use a float, or a smaller number."),
)

"""What PyTorch itself prints and writes into `.grad` for every lesson. With torch at hand it is recorded anew by `python -m tests.app.pytorch_lessons`."""

import contextlib
import hashlib
import importlib
import io
import json
import warnings
from pathlib import Path
from typing import Any

from app import lessons

RECORD = Path(lessons.__file__).with_name("pytorch.json")


def digest(program: str) -> str:
    """By which a record knows its program."""
    return hashlib.sha256(program.encode()).hexdigest()[:16]


def told(torch: Any, program: str) -> dict[str, Any]:
    """What a program prints in PyTorch, the error that ends it, and each gradient that a name of its own level reaches."""
    names: dict[str, Any] = {"__name__": "__main__"}
    error = None
    torch.manual_seed(0)
    with contextlib.redirect_stdout(io.StringIO()) as printed, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(program, "lesson", "exec"), names)  # noqa: S102 -- our own lesson, in torch
        except Exception as raised:  # noqa: BLE001 -- whatever torch raises is the answer
            error = f"{type(raised).__name__}: {raised}"
    tensors = {name: value for name, value in names.items() if isinstance(value, torch.Tensor)}
    kept = {
        name: value.grad
        for name, value in tensors.items()
        if (value.is_leaf or value.retains_grad) and value.grad is not None
    }
    grads = {name: {"shape": list(grad.shape), "data": grad.detach().flatten().tolist()} for name, grad in kept.items()}
    return {"program": digest(program), "printed": printed.getvalue(), "error": error, "grads": grads}


def record() -> None:
    """The record has been written anew."""
    torch = importlib.import_module("torch")
    found = {lesson.id: told(torch, lesson.program) for lesson in lessons.lessons().values()}
    whole = {"torch": torch.__version__.split("+")[0], "lessons": found}
    RECORD.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()

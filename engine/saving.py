"""`saved_tensors_hooks`: what packs the tensors that nodes save, and unpacks them in backward."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, ClassVar

from engine import detour, grad_mode
from engine.memory import copied
from engine.tensor import Tensor

hooks: list[tuple[Callable[[Tensor], Any], Callable[[Any], Tensor]]] = []


WRITTEN = (
    "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified by in-place operations "
    "as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place operations on the input to a pack hook."
)


class Beside:
    """What PyTorch saves of a batch norm beside what its rule here reads: `early` after the input, `late` in the end. Its own statistics are saved as
    a row, which the rule takes in the `shape` of one for each channel."""

    __slots__ = ("early", "late", "shape")

    active: ClassVar[Beside | None] = None

    def __init__(
        self, early: Iterable[Tensor | None] = (), late: Iterable[Tensor] = (), shape: tuple[int, ...] = ()
    ) -> None:
        self.early: Sequence[Any] = [each for each in early if each is not None]
        self.late: Sequence[Any] = list(late)
        self.shape = shape

    def __enter__(self) -> None:
        Beside.active = self

    def __exit__(self, *_: object) -> None:
        Beside.active = None

    def packed(self) -> Beside:
        """The same, ready to keep what `pack` makes of each."""
        return Beside(shape=self.shape)


OUTSIDE = "Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph was originally recorded."
refused: list[str] = []
"""What is said to who asks for hooks where there may be none."""


class Packed:
    """What `pack` made of a saved tensor, and the `unpack` that gives it back."""

    __slots__ = ("_unpack", "_value")

    def __init__(
        self, tensor: Tensor, pair: tuple[Callable[[Tensor], Any], Callable[[Any], Tensor]] | None = None
    ) -> None:
        pack, self._unpack = hooks[-1] if pair is None else pair
        version = tensor._count
        with grad_mode.no_grad():
            self._value = pack(tensor)
        if tensor._count != version:
            raise RuntimeError(WRITTEN)

    @property
    def value(self) -> Any:
        """What `pack` gave."""
        return self._value

    def unpack(self) -> Tensor:
        """The tensor, as the hook gives it. Raises TypeError where that is none."""
        found = self._unpack(self._value)
        if not isinstance(found, Tensor):
            raise TypeError(
                f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(found).__name__}"
            )
        return found


class saved_tensors_hooks:  # noqa: N801
    """Inside it every tensor that a node saves goes through `pack_hook`, and through `unpack_hook` when backward needs it."""

    __slots__ = ("_pair",)

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        if refused:
            raise RuntimeError(refused[-1])
        self._pair = (pack_hook, unpack_hook)

    def __enter__(self) -> None:
        hooks.append(self._pair)
        detour.tell("saving", True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        hooks.pop()
        detour.tell("saving", bool(hooks))


class disable_saved_tensors_hooks:  # noqa: N801
    """Inside it nobody may ask for hooks: RuntimeError says the message."""

    __slots__ = ("_message",)

    def __init__(self, error_message: str) -> None:
        if hooks:
            raise RuntimeError(error_message)
        self._message = error_message

    def __enter__(self) -> None:
        refused.append(self._message)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        refused.pop()


class save_on_cpu(saved_tensors_hooks):  # noqa: N801
    """Inside it saved tensors wait on the CPU, which is where they are here anyway."""

    __slots__ = ()

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(_itself, _itself)


def _itself(tensor: Tensor) -> Tensor:
    return tensor


class allow_mutation_on_saved_tensors(saved_tensors_hooks):  # noqa: N801
    """Inside it what a node saved may be written to: backward, inside it too, takes it as it was then.

    Raises RuntimeError inside another, AssertionError in a backward outside of it.
    """

    __slots__ = ()

    current: ClassVar[allow_mutation_on_saved_tensors | None] = None

    def __init__(self) -> None:
        super().__init__(self._pack, self._unpack)
        if allow_mutation_on_saved_tensors.current is not None:
            raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")

    def __enter__(self) -> None:
        allow_mutation_on_saved_tensors.current = self
        super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        allow_mutation_on_saved_tensors.current = None

    def _pack(self, tensor: Tensor) -> tuple[Tensor, int, Any]:
        return tensor, tensor._count, copied(tensor._data)

    def _unpack(self, kept: tuple[Tensor, int, Any]) -> Tensor:
        if allow_mutation_on_saved_tensors.current is not self:
            raise AssertionError(OUTSIDE)
        tensor, version, data = kept
        return tensor if tensor._count == version else Tensor(data)

"""Size: a tensor's shape."""

from __future__ import annotations


class Size(tuple[int, ...]):
    """A shape: a tuple that prints as `torch.Size([2, 3])`."""

    __slots__ = ()

    def numel(self) -> int:
        """The product of the sizes; one beyond every memory is not worked out to its end, for that takes the square of their count."""
        total = 1
        for size in self:
            total *= size
            if total.bit_length() > 1000:
                return 0 if 0 in self else total
        return total

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

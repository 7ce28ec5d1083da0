"""Figures beside the goals they are to reach."""

from __future__ import annotations

from typing import TypeVar

Figure = TypeVar("Figure", int, float, str)


class Goals:
    """Prints each figure with its goal and whether it is reached; `short` counts those that are not."""

    def __init__(self) -> None:
        self.short = 0

    def most(self, name: str, figure: float, goal: float, unit: str = "") -> None:
        """The figure is to be `goal` at most."""
        self.tell(name, figure, f"<= {goal:g}", unit, figure <= goal)

    def least(self, name: str, figure: float, goal: float, unit: str = "") -> None:
        """The figure is to be `goal` at least."""
        self.tell(name, figure, f">= {goal:g}", unit, figure >= goal)

    def just(self, name: str, figure: Figure, goal: Figure) -> None:
        """The figure is to be just this."""
        self.tell(name, figure, str(goal), "", figure == goal)

    def tell(self, name: str, figure: float | str, goal: str, unit: str, reached: bool) -> None:
        self.short += not reached
        shown = f"{figure:.4g}" if isinstance(figure, float) else str(figure)
        print(f"  {name:<44} {shown:>9} {unit:<6} goal {goal:<9} {'ok' if reached else 'SHORT'}", flush=True)

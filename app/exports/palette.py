"""The colours of figures, by theme and meaning: those of static/css/tokens.css."""

from dataclasses import dataclass

from app.exports import Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `RRGGBB`; `ground` is what lies behind the figure."""

    ground: str
    panel: str
    ink: str
    muted: str
    shape: str
    forward: str
    forward_tint: str
    backward: str
    leaf: str
    leaf_tint: str
    fault: str
    fault_tint: str


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        "FFFFFF",
        "FFFFFF",
        "161A22",
        "566074",
        "7B8799",
        "1D4FD7",
        "E8F0FE",
        "B93A07",
        "0A6B48",
        "E7F6EF",
        "8A1C5B",
        "FDEAF4",
    ),
    "dark": Palette(
        "0D1117",
        "141A22",
        "E8ECF2",
        "9AA7BA",
        "6B7B92",
        "7DB1FF",
        "13233F",
        "FFA366",
        "5AD6A8",
        "0F2A22",
        "FF8FC8",
        "38142A",
    ),
    "projector": Palette(
        "FFFFFF",
        "FFFFFF",
        "0B0E14",
        "3B4454",
        "5B6678",
        "103FAE",
        "DFE9FF",
        "852803",
        "075237",
        "D9F2E6",
        "74124A",
        "FCE0EF",
    ),
}

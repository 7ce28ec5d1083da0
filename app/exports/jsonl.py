"""The trace itself: every event, one JSON object a line."""

from app.exports import Export

EXPORT = Export(
    "jsonl",
    "data",
    {"en": "Whole trace, JSON Lines", "zh-CN": "完整记录（JSON Lines）"},
    "application/x-ndjson; charset=utf-8",
    lambda moment, options: b"".join(line + b"\n" for line in moment.lines),
)

"""PNG, drawn by Graphviz."""

from app.exports import Export
from app.exports.drawing import picture

EXPORT = Export("png", "PNG", "image/png", lambda frame, options: picture(frame, options, "png"))

"""SVG, drawn by Graphviz."""

from app.exports import Export
from app.exports.drawing import picture

EXPORT = Export("svg", "SVG", "image/svg+xml", lambda frame, options: picture(frame, options, "svg"))

"""PDF, drawn by Graphviz."""

from app.exports import Export
from app.exports.drawing import picture

EXPORT = Export("pdf", "PDF", "application/pdf", lambda frame, options: picture(frame, options, "pdf"))

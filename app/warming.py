"""Imported where workers are forked from: what every worker needs is ready before the first is."""

from app.executor import warmed

warmed()

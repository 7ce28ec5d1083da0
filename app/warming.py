"""Imported where workers and makers of files are forked from: what each of them needs is ready before the first is."""

from app import exports
from app.executor import warmed

exports.found()
warmed()

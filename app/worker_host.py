"""A process that only runs programs: any number of them share the queue in one Redis."""

import asyncio
import contextlib
import logging
import signal
import sys

from uvicorn.loops.auto import auto_loop_factory

from app import logs
from app.endings import ending
from app.host import Host
from app.metrics import Metrics
from app.runs import open_store
from app.settings import Settings
from app.store import StoreUnavailable

log = logging.getLogger("gradlight")


def serve(settings: Settings) -> int:
    """Programs have been run until the process was told to end; the exit status."""
    logs.start(settings.log_level, settings.log_format)
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(work(settings))
    except KeyboardInterrupt:
        return 0
    except StoreUnavailable as error:
        print(f"gradlight: {error}", file=sys.stderr)
        return 2
    return 0


async def work(settings: Settings) -> None:
    told = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C is a KeyboardInterrupt
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, told.set)
    store = open_store(settings)
    host = Host(settings, store, Metrics())
    await store.open(ending("interrupted"))
    try:
        await host.start()
        print(f"Gradlight worker {host.name}: {settings.size} programs at a time", flush=True)
        await told.wait()
    finally:
        await host.close()
        await store.close(host.name)

"""Pictures by Graphviz's own program `dot`, where this machine has it."""

import os
import shutil
import subprocess
import tempfile

from app.exports import Moment, Options, Unavailable, dot

SECONDS = 5
PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP")
DRAWN = dot.EXPORT.takes


def picture(moment: Moment, options: Options, suffix: str) -> bytes:
    """The figure drawn by `dot`: text in, picture out, in an empty directory, ended after `SECONDS`.

    Raises Unavailable where there is no `dot` or it fails.
    """
    program = shutil.which("dot")
    if program is None:
        raise Unavailable(
            f"Figures as {suffix} are drawn by Graphviz, and this machine has no dot program. "
            "Install Graphviz, or take the figure as dot, mmd or tex, or the picture from the page's export menu."
        )
    text = dot.source(moment, options).encode()
    with tempfile.TemporaryDirectory() as empty:
        try:
            done = subprocess.run(
                [program, f"-T{suffix}"],
                input=text,
                capture_output=True,
                timeout=SECONDS,
                cwd=empty,
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
                check=True,
            )
        except (subprocess.SubprocessError, OSError):
            raise Unavailable(f"Graphviz could not draw this figure as {suffix}. Take it as dot, mmd or tex.") from None
    return done.stdout

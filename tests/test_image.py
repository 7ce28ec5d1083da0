"""The container's image: what its set-up needs is there when it starts. And the service that compose.yaml makes of it."""

import re
import tomllib
from pathlib import Path

import yaml

import hatch_build
from app.settings import PREFIX, Settings

ROOT = hatch_build.ROOT


def copied() -> set[Path]:
    """What the Dockerfile has copied before it sets up."""
    before = (ROOT / "Dockerfile").read_text(encoding="utf-8").partition("RUN python3 dev.py")[0]
    lines = re.findall(r"^COPY (.+) \S+$", before, re.M)
    return {ROOT / name for line in lines for name in line.split()}


def test_the_image_has_all_that_its_set_up_reads():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [ROOT / "dev.py", ROOT / "hatch_build.py", ROOT / "pyproject.toml", ROOT / ".npmrc", ROOT / told["readme"]]
    needed += [*hatch_build.LOCKED, *hatch_build.OWN, *(ROOT / "requirements").iterdir(), *ROOT.glob("LICENSE*")]
    have = copied()
    assert [path for path in needed if not have & {path, *path.parents}] == []
    assert all(path.exists() for path in have)


def test_the_composed_service_is_two_servers_and_two_hosts_that_are_told_the_same_and_watched():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    redis = services.pop("redis")
    assert redis["healthcheck"]["test"][-1] == "ping"
    assert sorted(services) == ["web-1", "web-2", "worker-1", "worker-2"]
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")  # of servers and hosts alike
    told = services["web-1"]["environment"]
    assert {name.removeprefix(PREFIX).lower() for name in told} <= set(Settings.model_fields)
    assert told[f"{PREFIX}STORE"].startswith("redis://redis:")
    for name, service in services.items():
        assert service["environment"] == told
        assert service["depends_on"]["redis"]["condition"] == "service_healthy"
        assert ("worker" in service.get("command", [])) == name.startswith("worker")
        assert ("ports" in service) == name.startswith("web")

"""Who asks: addresses, and students of a class behind one address."""

import pytest

from app.clients import COOKIE, admitted, of_address, of_cookie
from tests.app.conftest import Serving

pytestmark = pytest.mark.anyio

TOKENS = ("first token", "second token")


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
async def test_an_address_of_ipv6_counts_by_its_network(host: str, client: str):
    assert of_address(host) == client


async def test_a_cookie_of_ours_names_one_student_and_another_names_nobody():
    cookies = [admitted(token, TOKENS) for token in (*TOKENS, TOKENS[0])]
    students = [of_cookie(cookie or "", TOKENS) for cookie in cookies]
    assert None not in students and len(set(students)) == 3
    assert admitted("third token", TOKENS) is None and admitted("", ()) is None
    good = cookies[0] or ""
    for forged in ("", ".", good[:-1], good + "0", "0" + good[1:] if good[0] != "0" else "1" + good[1:], "x" * 10_000):
        assert of_cookie(forged, TOKENS) is None
    assert of_cookie(good, TOKENS[1:]) is None


async def test_a_class_behind_one_address_does_not_lock_itself_out(serving: Serving):
    async with serving(classes=TOKENS, rate=0.001, burst=2) as service:

        async def posts() -> list[int]:
            return [(await service.http.post("/api/runs", json={"source": f"x = {n}\n"})).status_code for n in range(3)]

        assert await posts() == [201, 201, 429]
        assert (await service.http.post("/api/class", json={"token": "wrong"})).status_code == 403
        assert await posts() == [429, 429, 429]
        for _ in range(20):
            joined = await service.http.post("/api/class", json={"token": TOKENS[1]})
            assert joined.status_code == 204
            flags = joined.headers["set-cookie"].lower()
            assert "httponly" in flags and "samesite=strict" in flags
            assert await posts() == [201, 201, 429]
        service.http.cookies.set(COOKIE, "0" * 16 + "." + "0" * 32)
        service.http.cookies.jar.clear()
        assert (await service.http.post("/api/runs", json={"source": "x = 9\n"})).status_code == 429


async def test_a_refusal_says_when_to_come_again(serving: Serving):
    async with serving(rate=0.1, burst=1) as service:
        await service.start("x = 1\n")
        answer = await service.http.post("/api/runs", json={"source": "x = 2\n"})
        assert answer.status_code == 429 and 1 <= int(answer.headers["retry-after"]) <= 10

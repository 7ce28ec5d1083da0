"""Whose turn it is."""

import asyncio

import pytest

from app.turns import Bounds, Full, Turns

pytestmark = pytest.mark.anyio


def turns(**limits: int) -> Turns[str]:
    bounds = {"waiting": 100, "waiting_each": 100, "running_each": 100, "rate": 1.0, "burst": 1, "long": 100, **limits}
    return Turns(Bounds(**bounds))


async def put(queue: Turns[str], item: str) -> None:
    """The item of the client that its first letter names waits."""
    queue.reserve(item[0])
    await queue.put(item[0], item)


async def test_clients_take_turns_whatever_one_of_them_asks():
    queue = turns()
    for item in ("a1", "a2", "a3", "a4", "b1", "c1", "b2"):
        await put(queue, item)
    assert [(await queue.take())[1] for _ in range(7)] == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]


async def test_a_client_runs_no_more_than_its_share_at_a_time():
    queue = turns(running_each=1)
    for item in ("a1", "a2", "b1"):
        await put(queue, item)
    assert [(await queue.take())[1] for _ in range(2)] == ["a1", "b1"]
    waiting = asyncio.ensure_future(queue.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    await queue.give_back("a")
    assert await waiting == ("a", "a2")


async def test_who_had_much_time_waits_for_those_who_had_little_and_is_not_forgotten():
    queue = turns()
    for item in ("a1", "a2", "b1", "b2", "c1", "c2", "c3", "c4"):
        await put(queue, item)
    order = []
    for _ in range(8):
        client, item = await queue.take()
        order.append(item)
        await queue.give_back(client, {"a": 1.0, "b": 0.1, "c": 0.3}[client])
    assert order == ["a1", "b1", "c1", "b2", "c2", "c3", "c4", "a2"]
    await put(queue, "d1")
    await put(queue, "b3")
    await put(queue, "a3")
    assert [(await queue.take())[1] for _ in range(3)] == ["d1", "b3", "a3"]


async def test_who_is_gone_is_forgotten():
    queue = turns()
    for number in range(1000):
        queue.reserve(f"client {number}")
        await queue.put(f"client {number}", "x")
        client, _ = await queue.take()
        await queue.give_back(client)
    assert len(queue.had) < 250


async def test_there_is_only_so_much_room_for_what_waits_and_what_is_to_come():
    queue = turns(waiting=3, waiting_each=2)
    await put(queue, "a1")
    queue.reserve("a")
    with pytest.raises(Full) as mine:
        queue.reserve("a")
    queue.reserve("b")
    with pytest.raises(Full) as everyones:
        queue.reserve("c")
    assert (mine.value.everyone, everyones.value.everyone) == (False, True)
    queue.release("b")
    await put(queue, "c1")
    assert len(queue) == 2


async def test_what_waits_can_be_taken_out():
    queue = turns()
    for item in ("a1", "b1", "b2"):
        await put(queue, item)
    assert [await queue.remove("b2".__eq__), await queue.remove("b2".__eq__)] == ["b2", None]
    assert [(await queue.take())[1] for _ in range(2)] == ["a1", "b1"]


async def test_those_who_bring_long_ones_have_only_so_many_places():
    queue = turns(long=1)
    for item in ("a1", "b1", "c1"):
        await put(queue, item)
        client, _ = await queue.take()
        await queue.give_back(client, 0.5, long=client in "ab")
    for item in ("a2", "b2"):
        await put(queue, item)
    assert (await queue.take())[1] == "a2"
    waiting = asyncio.ensure_future(queue.take())
    await put(queue, "c2")
    assert (await waiting)[1] == "c2"
    waiting = asyncio.ensure_future(queue.take())
    await queue.give_back("c", 0.01)
    await asyncio.sleep(0)
    assert not waiting.done()
    await queue.give_back("a", 0.01)  # a short one, this time
    assert (await waiting)[1] == "b2"
    await put(queue, "a3")
    assert (await queue.take())[1] == "a3"

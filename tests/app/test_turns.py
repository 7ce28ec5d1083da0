"""Whose turn it is."""

import asyncio

import pytest

from app.turns import Full, Turns

pytestmark = pytest.mark.anyio


def turns(**limits: int) -> Turns[str]:
    return Turns(**{"waiting": 100, "waiting_each": 100, "running_each": 100, **limits})


async def test_clients_take_turns_whatever_one_of_them_asks():
    queue = turns()
    for item in ("a1", "a2", "a3", "a4", "b1", "c1", "b2"):
        await queue.put(item[0], item)
    assert [(await queue.take())[1] for _ in range(7)] == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]


async def test_a_client_runs_no_more_than_its_share_at_a_time():
    queue = turns(running_each=1)
    for item in ("a1", "a2", "b1"):
        await queue.put(item[0], item)
    assert [(await queue.take())[1] for _ in range(2)] == ["a1", "b1"]
    waiting = asyncio.ensure_future(queue.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    await queue.give_back("a")
    assert await waiting == ("a", "a2")


async def test_there_is_only_so_much_room():
    queue = turns(waiting=3, waiting_each=2)
    await queue.put("a", "a1")
    await queue.put("a", "a2")
    with pytest.raises(Full) as mine:
        queue.check("a")
    await queue.put("b", "b1")
    with pytest.raises(Full) as everyones:
        queue.check("c")
    assert (mine.value.everyone, everyones.value.everyone) == (False, True)


async def test_what_waits_can_be_taken_out():
    queue = turns()
    await queue.put("a", "a1")
    assert [await queue.remove("a1"), await queue.remove("a1")] == [True, False]
    assert len(queue) == 0

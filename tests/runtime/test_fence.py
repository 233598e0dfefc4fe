"""The fence: writes pass while the hold is valid, and a refusal for an older term ends it."""

from __future__ import annotations

import asyncio

import pytest

from myriarch.api.term import STALE_TERM
from myriarch.client.http import Request, Response
from myriarch.runtime.fence import Fenced, FencedTransport, Hold, current_term

UNTIL = 100.0


class At:
    """A clock that stands."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Answers:
    """A transport that answers everything alike and remembers what it was asked."""

    def __init__(self, response: Response) -> None:
        self.asked: list[str] = []
        self._response = response

    async def send(self, request: Request) -> Response:
        self.asked.append(request.method)
        return self._response


def ask(hold: Hold | None, method: str, response: Response | None = None) -> Answers:
    """Send one request in the name of ``hold``."""
    answers = Answers(response or Response(200))
    fenced = FencedTransport(answers)

    async def send() -> None:
        if hold is None:
            await fenced.send(Request(method, "/x"))
            return
        with hold.in_use():
            await fenced.send(Request(method, "/x"))

    asyncio.run(send())
    return answers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_writes_end_with_the_hold(method: str) -> None:
    clock = At(UNTIL - 1)
    hold = Hold(3, 7, UNTIL, clock)
    assert ask(hold, method).asked == [method]
    clock.seconds = UNTIL
    with pytest.raises(Fenced, match="shard 3: term 7 is over"):
        ask(hold, method)


def test_reads_and_work_in_nobodys_name_always_pass() -> None:
    over = Hold(3, 7, UNTIL, At(UNTIL + 1))
    assert ask(over, "GET").asked == ["GET"]
    assert ask(None, "PATCH").asked == ["PATCH"]


def test_a_refusal_as_of_an_older_term_ends_the_hold() -> None:
    hold = Hold(3, 7, UNTIL, At(0.0))
    with pytest.raises(Fenced, match="older"):
        ask(hold, "PATCH", Response(422, f'{{"message": "status.term: {STALE_TERM}"}}'.encode()))
    assert not hold.valid


def test_other_refusals_are_passed_on() -> None:
    hold = Hold(3, 7, UNTIL, At(0.0))
    ask(hold, "PATCH", Response(422, b'{"message": "spec.x: is wrong"}'))
    assert hold.valid


def test_tasks_begun_within_work_in_the_same_name() -> None:
    hold = Hold(3, 7, UNTIL, At(0.0))

    async def term() -> int:
        return current_term()

    async def work() -> list[int]:
        with hold.in_use():
            inner = await asyncio.gather(term(), asyncio.create_task(term()))
        return [*inner, await term()]

    assert asyncio.run(work()) == [7, 7, 0]

"""Pages are drawn in the order of the clicks, one at a time; one that lasts gives its place away."""

from __future__ import annotations

import threading
import time

import pytest

from diagnostic.ui.turns import Turns


def _start(call) -> threading.Thread:
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    return thread


def test_one_page_at_a_time_in_the_order_in_which_they_were_asked():
    turns = Turns(places=1, patience=60)
    drawn: list[int] = []
    threads = []

    def draw(number: int) -> None:
        with turns.one():
            assert not drawing.locked()
            with drawing:
                drawn.append(number)

    drawing = threading.Lock()
    with turns.one():
        for number in range(20):
            threads.append(_start(lambda number=number: draw(number)))
            while len(turns._waiting) <= number:
                pass
    for thread in threads:
        thread.join(10)
    assert drawn == list(range(20))
    assert not turns._begun and not turns._waiting


def test_a_page_that_ends_wakes_the_next_visitor_and_leaves_the_others_asleep(monkeypatch):
    turns, waits, wait = Turns(places=1, patience=60), [], threading.Condition.wait
    here = threading.get_ident()

    def counted(self: threading.Condition, left: float | None = None) -> bool:
        if threading.get_ident() != here:
            waits.append(left)
        return wait(self, left)

    monkeypatch.setattr(threading.Condition, "wait", counted)

    def draw() -> None:
        with turns.one():
            pass

    with turns.one():
        threads = [_start(draw) for _ in range(20)]
        while len(turns._waiting) < 20:
            pass
    for thread in threads:
        thread.join(10)
    assert len(waits) <= 2 * 20, "each waits for the head of the queue, then for the page before it"


def test_a_page_that_lasts_lets_the_next_one_go_and_one_that_fails_leaves_its_place():
    turns, release, passed = Turns(places=1, patience=0.05), threading.Event(), threading.Event()

    def long() -> None:
        with turns.one():
            release.wait(10)

    def short() -> None:
        with turns.one():
            passed.set()

    first = _start(long)
    while not turns._begun:
        pass
    _start(short)
    assert passed.wait(10), "the second waits for the first for ever"
    release.set()
    first.join(10)
    with pytest.raises(ZeroDivisionError), turns.one():
        1 / 0  # noqa: B018
    assert not turns._begun


def test_a_visitor_who_leaves_the_queue_stops_nobody(monkeypatch):
    turns = Turns(places=1, patience=60)

    def stopped(*_: object) -> bool:
        raise InterruptedError

    with turns.one():
        monkeypatch.setattr(threading.Condition, "wait", stopped)
        with pytest.raises(InterruptedError), turns.one():
            pass
    assert not turns._waiting and not turns._begun


def test_a_page_whose_patience_ends_as_one_looks_is_waited_for_no_longer(monkeypatch):
    turns, clock = Turns(places=1, patience=1.0), iter([0.0, 0.999, 1.001, 1.002])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock, 2.0))
    waited: list[float | None] = []
    monkeypatch.setattr(threading.Condition, "wait", lambda _, left=None: waited.append(left))
    with turns.one(), turns.one():
        pass
    assert None not in waited

"""Work in the background, with and without a running event loop."""

import asyncio
import threading
import time

import pytest
from loops import in_a_loop

from sottovoce.widgets.explorer.job import Job


def counting(job, n=3):
    for number in range(n):
        job.tell(number, n)
        job.hand_over((number, threading.current_thread().name))
    job.tell(n, n)


def test_results_are_handed_over_in_order_in_the_thread_that_waits():
    heard = []
    job = Job(counting, lambda one: heard.append((one, threading.current_thread().name)))
    assert job.state == "waiting"
    job.start()
    assert job.wait() == "finished"
    here = threading.current_thread().name
    assert heard == [((number, "sottovoce-job"), here) for number in range(3)]
    assert (job.done, job.total) == (3, 3)


def test_nothing_is_told_before_the_loop_is_free():
    """Whoever observes a job is never called from the thread that works."""
    threads, states = set(), []

    async def main():
        job = Job(counting, lambda _: threads.add(threading.current_thread()))
        job.observe(lambda change: states.append(change["new"]), "state")
        job.start()
        time.sleep(0.1)
        assert not threads
        while job.state == "running":
            await asyncio.sleep(0.01)
        return threading.current_thread()

    of_the_loop = in_a_loop(main)
    assert threads == {of_the_loop}
    assert states == ["running", "finished"]


def test_a_cell_may_wait_although_its_loop_stands_still():
    async def main():
        heard = []
        job = Job(counting, heard.append)
        job.start()
        return job.wait(5), len(heard)

    assert in_a_loop(main) == ("finished", 3)


def test_a_cancelled_job_ends_where_it_tells_and_keeps_what_it_handed_over():
    asked = threading.Event()

    def endless(job):
        job.hand_over("first")
        asked.set()
        while True:
            job.tell(1, 0)
            time.sleep(0.001)

    heard = []
    job = Job(endless, heard.append)
    job.start()
    assert asked.wait(5)
    assert job.wait(0.05) == "running"
    job.cancel()
    assert job.wait(5) == "cancelled"
    assert heard == ["first"]
    assert job.error is None


def test_no_except_on_the_way_swallows_the_cancelling():
    def stubborn(job):
        try:
            job.cancel()
            job.tell(0, 1)
        except Exception:  # noqa: BLE001 - what libraries do
            job.hand_over("went on")

    heard = []
    job = Job(stubborn, heard.append)
    job.start()
    assert job.wait(5) == "cancelled"
    assert heard == []


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), MemoryError()])
def test_whatever_the_work_raises_is_kept(error):
    def fails(_):
        raise error

    job = Job(fails)
    job.start()
    assert job.wait(5) == "failed"
    assert job.error is error


def test_a_listener_that_raises_ends_the_job():
    reached = []

    def works(job):
        for number in range(10_000):
            job.tell(number, 10_000)
            job.hand_over(number)
            time.sleep(0.001)
        reached.append("the end")

    def refuses(number):
        raise ValueError(f"not {number}")

    job = Job(works, refuses)
    job.start()
    assert job.wait(5) == "failed"
    assert str(job.error) == "not 0"
    time.sleep(0.05)
    assert not reached
    assert job.wait(1) == "failed"


def test_progress_is_not_told_more_often_than_anyone_can_see():
    told = []

    def works(job):
        for number in range(2001):
            job.tell(number, 2000)

    job = Job(works)
    job.observe(lambda change: told.append(change["new"]), "done")
    job.start()
    job.wait(5)
    assert told[-1] == 2000
    assert len(told) < 100


def test_a_job_begins_once():
    job = Job(counting)
    job.start()
    with pytest.raises(RuntimeError, match="started already"):
        job.start()
    job.wait(5)


def test_a_closed_loop_loses_nothing():
    free = threading.Event()

    def works(job):
        free.wait(5)
        job.hand_over("late")

    heard = []

    async def main():
        job = Job(works, heard.append)
        job.start()
        return job

    job = in_a_loop(main)
    free.set()
    assert job.wait(5) == "finished"
    assert heard == ["late"]

import threading
import time

import pytest

from sottovoce.capture.ahead import ahead


def test_the_order_is_kept_whoever_is_first():
    def slow_on_the_first(item):
        time.sleep(0.05 if item == 0 else 0)
        return item * item

    found = ahead(slow_on_the_first, range(20), threads=4, most=8)
    assert [(item, done.result()) for item, done in found] == [(i, i * i) for i in range(20)]


def test_no_more_is_prepared_than_asked_for():
    begun = []
    enough = threading.Event()

    def work(item):
        begun.append(item)
        if item == 2:
            enough.set()
        return item

    found = ahead(work, range(100), most=2)
    assert next(found)[1].result() == 0
    assert enough.wait(10)
    time.sleep(0.05)
    assert begun == [0, 1, 2]
    found.close()
    assert begun == [0, 1, 2]


def test_what_a_thread_raises_comes_out_where_it_is_wanted():
    def work(item):
        if item == 1:
            raise KeyError("rate")
        return item

    found = list(ahead(work, range(3)))
    assert [done.result() for item, done in found if item != 1] == [0, 2]
    with pytest.raises(KeyError, match="rate"):
        found[1][1].result()


def test_closing_leaves_no_thread_behind():
    found = ahead(time.sleep, [0.01] * 50, threads=3, most=10)
    next(found)
    found.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("sottovoce")]

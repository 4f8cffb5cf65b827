import json
import threading

import numpy as np
import pytest
from scipy.stats import binomtest

from sottovoce.alerts import Alert, AlertLog, reviewed_precision
from sottovoce.errors import AlertError


def alert(number, rule="angry above 0.6"):
    return Alert(
        id=str(number),
        rule=rule,
        source="call",
        start=number,
        end=number + 2.0,
        shares={"angry": 0.7, "sad": 0.3},
        values={"angry": 0.7},
    )


@pytest.fixture
def log(tmp_path):
    return AlertLog(tmp_path / "new" / "alerts.jsonl")


def test_a_log_keeps_alerts_and_all_that_was_said_of_them(log):
    for number in range(3):
        log.add(alert(number))
    log.review("0", "confirmed", reviewer="Ada")
    log.review("0", "overruled", reviewer="Ada", note="on second thoughts: <b>laughs</b>")
    log.review("1", "confirmed", reviewer="Ada")
    log.review("1", "overruled", reviewer="Ben")
    again = AlertLog(log.path)
    assert [one.id for one in again.alerts] == ["0", "1", "2"]
    assert again.alerts[0].shares == {"angry": 0.7, "sad": 0.3}
    assert [said.verdict for said in again.verdicts] == [
        "confirmed",
        "overruled",
        "confirmed",
        "overruled",
    ]
    table = again.to_table()
    assert table["state"].to_dict() == {"0": "overruled", "1": "disputed", "2": "open"}
    assert table.loc["1", "reviewers"] == "Ada, Ben"
    assert table.loc["0", "note"].endswith("<b>laughs</b>")
    assert again.next_id() == "3"
    assert [json.loads(line)["kind"] for line in log.path.read_text().splitlines()] == [
        "alert",
        "alert",
        "alert",
        "verdict",
        "verdict",
        "verdict",
        "verdict",
    ]


def test_an_empty_log_is_one(log):
    assert log.alerts == []
    assert log.to_table().empty
    assert reviewed_precision(log).empty
    assert log.next_id() == "1"
    assert not log.path.exists()


def test_half_a_line_swallows_nothing_and_is_counted(log):
    log.add(alert(0))
    whole = log.path.read_bytes()
    log.path.write_bytes(whole + b'{"kind": "alert", "id": "1", "ru')
    again = AlertLog(log.path)
    assert again.n_broken == 1
    again.add(alert(1))
    again.review("1", "confirmed", reviewer="Ada")
    assert [one.id for one in again.alerts] == ["0", "1"]
    assert again.path.read_bytes().startswith(whole)
    assert again.n_broken == 1


def test_a_monitor_and_reviewers_write_at_once(log):
    log.add(alert(7))

    def write(name):
        own = AlertLog(log.path)
        for i in range(25):
            own.review("7", "confirmed", reviewer=f"{name}{i}", note="n" * 500)

    threads = [threading.Thread(target=write, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.verdicts) == 75
    assert log.n_broken == 0


def test_what_makes_no_sense_is_refused(log, tmp_path):
    log.add(alert(0))
    with pytest.raises(AlertError, match="no alert '7'; the last ones are '0'"):
        log.review("7", "confirmed", reviewer="Ada")
    with pytest.raises(AlertError, match="must be one of 'confirmed', 'overruled'"):
        log.review("0", "maybe", reviewer="Ada")
    with pytest.raises(AlertError, match="the name of who listened"):
        log.review("0", "confirmed", reviewer=" ")
    with pytest.raises(AlertError, match="a folder"):
        AlertLog(tmp_path)
    (tmp_path / "letter.txt").write_text("Dear diary\n")
    with pytest.raises(AlertError, match="no log of alerts"):
        AlertLog(tmp_path / "letter.txt")
    (tmp_path / "file").write_text("")
    blocked = AlertLog(tmp_path / "file" / "log.jsonl")
    with pytest.raises(AlertError, match="could not be written"):
        blocked.add(alert(1))
    assert len(log.verdicts) == 0


def test_precision_as_reviewed_by_rule(log):
    for number in range(12):
        log.add(alert(number, "angry above 0.6" if number < 8 else "sad above 0.5"))
    for number in range(6):
        log.review(str(number), "confirmed" if number < 5 else "overruled", reviewer="Ada")
    log.review("0", "overruled", reviewer="Ben")
    found = reviewed_precision(log, confidence=0.9)
    assert found.index.tolist() == ["angry above 0.6", "sad above 0.5", "all rules"]
    angry = found.loc["angry above 0.6"]
    interval = binomtest(4, 5).proportion_ci(0.9, method="wilson")
    assert angry[["precision", "low", "high"]].tolist() == pytest.approx(
        [0.8, interval.low, interval.high]
    )
    assert angry[["confirmed", "overruled", "disputed", "open"]].tolist() == [4, 1, 1, 2]
    assert np.isnan(found.loc["sad above 0.5", "precision"])
    assert found.loc["all rules", "open"] == 6
    with pytest.raises(AlertError, match="confidence=1"):
        reviewed_precision(log, confidence=1)

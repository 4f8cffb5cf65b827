import json

import numpy as np
import pytest
import soundfile

from sottovoce.alerts import Alert, AlertLog, reviewed_precision
from sottovoce.errors import AlertError
from sottovoce.monitoring import Monitor
from sottovoce.widgets import AlertReview

RULE = "angry above 0.6"
HOSTILE = '<img src=x onerror="x">'


@pytest.fixture
def log(tmp_path):
    log = AlertLog(tmp_path / "kept" / "alerts.jsonl")
    (tmp_path / "kept").mkdir()
    for i in range(3):
        path = tmp_path / "kept" / f"alert_{i}.wav"
        soundfile.write(path, 0.3 * np.sin(np.arange(8000) * (0.1 + 0.02 * i)), 16000)
        log.add(alert(str(i), sound=str(path)))
    return log


def alert(number, **given):
    given = {
        "rule": RULE,
        "shares": {"angry": 0.75, "sad": 0.25},
        "values": {"angry": 0.75},
    } | given
    return Alert(id=number, source="call", start=2.0, end=5.0, **given)


def say(review, kind, **content):
    """Send what the browser would."""
    content = {"turn": review.view.shown["turn"], **content}
    review.view._handle_custom_msg({"kind": kind, **content}, [])


def judge(review, verdict, note=""):
    say(review, "verdict", verdict=verdict, note=note)


def test_a_verdict_is_in_the_log_before_the_next_alert(log):
    review = AlertReview(log, " Ada ")
    first = review.view.audio
    assert review.view.shown["alert"]["rule"] == RULE
    assert review.view.shown["precision"] == [f"{RULE}: none decided; 3 open"]
    judge(review, "overruled", " laughs ")
    (said,) = AlertLog(log.path).verdicts
    assert (said.alert, said.verdict, said.reviewer) == ("0", "overruled", "Ada")
    assert said.note == "laughs"
    assert len(AlertLog(log.path).alerts) == 3
    shown = review.view.shown
    assert (shown["place"], shown["judged"], shown["of"]) == (1, 1, 3)
    assert review.view.audio[:4] == b"RIFF"
    assert review.view.audio != first


def test_who_comes_back_goes_on_and_others_begin(log):
    review = AlertReview(log, "Ada")
    judge(review, "confirmed")
    judge(review, "confirmed")
    again = AlertReview(log.path, "Ada")
    assert (again.alert.id, again.view.shown["judged"]) == ("2", 2)
    assert AlertReview(log, "Ben").alert.id == "0"
    judge(again, "overruled")
    assert again.finished
    assert not AlertReview(log, "Ben").finished


def test_who_thinks_better_of_it_leaves_both(log):
    review = AlertReview(log, "Ada")
    judge(review, "confirmed", "shouts")
    say(review, "go", step=-1)
    assert review.view.shown["own"] == {"verdict": "confirmed", "note": "shouts"}
    judge(review, "overruled", "sings")
    assert [(one.verdict, one.note) for one in log.verdicts] == [
        ("confirmed", "shouts"),
        ("overruled", "sings"),
    ]
    assert log.to_table().loc["0", "state"] == "overruled"
    assert review.alert.id == "1"
    say(review, "go", step=99)
    assert review.alert.id == "2"


def test_a_verdict_counts_once(log):
    review = AlertReview(log, "Ada")
    turn = review.view.shown["turn"]
    judge(review, "confirmed")
    say(review, "verdict", verdict="overruled", note="", turn=turn)
    assert [one.verdict for one in log.verdicts] == ["confirmed"]


def test_what_others_said_is_told_after_ones_own(log):
    other = AlertReview(log, "Ben")
    other.judge("overruled", "a secret note")
    review = AlertReview(log, "Ada")
    assert review.view.shown["others"] == []
    assert "a secret note" not in json.dumps(review.view.shown)
    judge(review, "confirmed")
    review.go(-1)
    assert review.view.shown["others"] == ["Ben: overruled (a secret note)"]
    assert log.to_table().loc["0", "state"] == "disputed"


def test_precision_is_that_of_the_log(log):
    review = AlertReview(log, "Ada")
    for verdict in ("confirmed", "confirmed", "overruled"):
        judge(review, verdict)
    assert review.precision.equals(reviewed_precision(log))
    assert review.view.shown["precision"] == [f"{RULE}: 2 of 3 confirmed, precision .67 [.21, .94]"]


def test_alerts_that_come_meanwhile(tmp_path):
    log = AlertLog(tmp_path / "alerts.jsonl")
    review = AlertReview(log, "Ada")
    assert (review.alert, review.view.shown["of"]) == (None, 0)
    assert "no alert so far" in str(review.still())
    review.to_figure()
    judge(review, "confirmed")
    assert "no alert to be reviewed" in review.messages.text
    log.add(alert("7"))
    say(review, "refresh")
    assert (review.alert.id, review.messages.text) == ("7", "")
    judge(review, "confirmed")
    log.add(alert("8"))
    say(review, "refresh")
    assert review.alert.id == "8"


def test_where_no_sound_is(log, tmp_path):
    log.add(alert("3"))
    log.add(alert("4", sound=str(tmp_path / "gone.wav")))
    review = AlertReview(log, "Ada")
    review.go(3)
    assert (review.alert.id, review.view.audio) == ("3", b"")
    assert "No sound was kept" in review.view.shown["silent"]
    review.go(1)
    assert "cannot be played" in review.view.shown["silent"]
    assert "gone.wav" in review.view.shown["silent"]
    judge(review, "overruled")
    assert log.verdicts[-1].alert == "4"


def test_sounds_that_were_moved(log, tmp_path, monkeypatch):
    heard = AlertReview(log, "Ada").view.audio
    (tmp_path / "kept").rename(tmp_path / "moved")
    (tmp_path / "sounds").mkdir()
    beside = AlertReview(tmp_path / "moved" / "alerts.jsonl", "Ada")
    assert beside.view.audio == heard
    for path in (tmp_path / "moved").glob("*.wav"):
        path.rename(tmp_path / "sounds" / path.name)
    elsewhere = AlertReview(beside.log, "Ada", sounds=tmp_path / "sounds")
    assert elsewhere.view.audio == heard


def test_a_monitor_keeps_what_is_reviewed(tmp_path):
    from sottovoce.paths import data_folder

    clip, rate = soundfile.read(data_folder() / "samples" / "tom_angry.flac")
    options = {"seconds": 1.5, "hop": 0.5, "mode": "answer_step", "source": "tom"}
    log = AlertLog(tmp_path / "alerts.jsonl")
    monitor = Monitor("bundled", "angry above .5", log=log, keep_sound=tmp_path / "s", **options)
    monitor.feed(clip, rate)
    monitor.finish()
    assert monitor.totals.n_alerts
    review = AlertReview(log, "Ada")
    shown = review.view.shown
    assert shown["duration"] == 1.5
    assert shown["alert"]["rule"] == "angry above 0.5"
    shares = {one["name"]: one for one in shown["alert"]["shares"]}
    assert sum(one["share"] for one in shares.values()) == pytest.approx(1)
    assert [one["threshold"] for one in shares.values()].count(None) == len(shares) - 1
    assert shares["angry"]["threshold"] == 0.5


def test_what_makes_no_sense_is_refused(log, tmp_path):
    for nobody in (" ", None):
        with pytest.raises(AlertError, match="must be the name of who listens"):
            AlertReview(log, nobody)
    (tmp_path / "other.txt").write_text("no log\n")
    with pytest.raises(AlertError, match="no log of alerts"):
        AlertReview(tmp_path / "other.txt", "Ada")
    review = AlertReview(log, "Ada")
    judge(review, "perhaps")
    assert "'perhaps'" in review.messages.text
    assert log.verdicts == []


def test_half_a_line_of_a_crash_is_told(log):
    with log.path.open("ab") as file:
        file.write(b'{"kind": "verd')
    review = AlertReview(log.path, "Ada")
    assert "1 line of alerts.jsonl cannot be read" in review.messages.text
    judge(review, "confirmed")
    assert len(log.verdicts) == 1


def test_a_log_that_cannot_be_written_is_told(log, monkeypatch):
    review = AlertReview(log, "Ada")
    turn = review.view.shown["turn"]

    def full(*_):
        raise AlertError("alerts.jsonl: it could not be written (no space left)")

    monkeypatch.setattr(log, "write", full)
    judge(review, "confirmed")
    assert "no space left" in review.messages.text
    assert review.alert.id == "0"
    assert review.view.shown["turn"] > turn  # so that the view takes the next answer


def test_still_forms_and_code(log, tmp_path):
    log.add(alert("3", rule=HOSTILE))
    for verdict in ("confirmed", "overruled"):
        AlertReview(log, HOSTILE).judge(verdict, HOSTILE)
    review = AlertReview(log, "Ada")
    assert review.to_html().startswith("<!doctype html>")
    for text in (review.to_html(), str(review.still())):
        assert "<img" not in text
        assert text.count("&lt;img") >= 4
    left, right = review.to_figure().axes
    widths = [[bar.get_width() for bar in bars] for bars in left.containers]
    assert (
        widths == review.precision[["confirmed", "overruled", "disputed", "open"]].T.values.tolist()
    )
    np.testing.assert_array_equal(right.lines[0].get_xdata(), review.precision["precision"])
    review.to_figure().savefig(tmp_path / "figure.png")
    scope = {}
    exec(review.code(), scope)  # noqa: S102 - what "Show code" promises
    assert scope["precision"].equals(review.precision)
    assert scope["alerts"].equals(log.to_table())

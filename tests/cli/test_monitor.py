import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import soundfile

from sottovoce.alerts import AlertLog
from sottovoce.audio import load_recording
from sottovoce.paths import data_folder

RATE = 16_000
WINDOWS = ("--seconds", 1.5, "--hop", 0.7)
RULE = ("--rule", "angry above .5 for two windows running")


@pytest.fixture(scope="module")
def angry():
    samples = load_recording(data_folder() / "samples" / "tom_angry.flac").samples
    return np.concatenate([samples, np.zeros(RATE, dtype=np.float32)])


def test_a_file_that_grows_is_followed_to_its_end(numbers, angry, tmp_path):
    path, log = tmp_path / "call.wav", tmp_path / "log.jsonl"
    whole = tmp_path / "whole.wav"
    soundfile.write(whole, angry, RATE)
    content = whole.read_bytes()

    def record():
        with path.open("wb", buffering=0) as file:
            for start in range(0, len(content), 20_000):
                file.write(content[start : start + 20_000])
                time.sleep(0.1)

    thread = threading.Thread(target=record)
    thread.start()
    result, content_json = numbers(
        "monitor", path, *RULE, *WINDOWS, "--out", log, "--patience", 4,
        "--keep-sound", tmp_path / "sound",
    )  # fmt: skip
    thread.join()
    assert result.exit_code == 0
    alerts = AlertLog(log).alerts
    assert alerts
    assert len(result.stdout.splitlines()) == len(alerts) == content_json["n_alerts"]
    assert "alert 1" in result.stdout
    assert "(angry above 0.5 for 2 windows running)" in result.stdout
    assert (tmp_path / "sound" / "alert_1.wav").is_file()
    assert "Article 5(1)(f)" in result.stderr
    assert content_json["audio_seconds"] == pytest.approx(len(angry) / RATE)
    assert content_json["n_skipped"] == 0
    assert content_json["n_windows"] == content_json["n_ok"] + content_json["n_error"]
    assert content_json["real_time_factor"] > 0


def test_raw_pcm_from_standard_input(angry, tmp_path):
    command = [sys.executable, "-m", "sottovoce", "monitor", "-", *RULE, *WINDOWS]
    command += ["--raw-rate", RATE, "--raw-encoding", "FLOAT"]
    done = subprocess.run(
        [str(part) for part in command],
        input=np.concatenate([angry, [np.nan], angry]).astype("<f4").tobytes(),
        capture_output=True,
        check=False,
        cwd=tmp_path,
    )
    told = done.stderr.decode()
    assert done.returncode == 0, told
    assert done.stdout.decode().count("alert ") == 2
    assert "1 of " in told
    assert "samples are NaN or infinite" in told
    assert "broken windows" in told
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_is_told_before_a_model_is_loaded(call, tmp_path):
    for wrong, reason in (
        (("--rule", "angry over .5"), 'says neither "above" nor "below"'),
        ((*RULE, "--out", tmp_path), "this is a folder"),
        ((*RULE, "--tokens", "moods"), "moods"),
        ((*RULE, "--raw-rate", 3), "rate=3"),
    ):
        result = call("monitor", "call.wav", *wrong)
        assert result.exit_code == 3
        assert reason in result.stderr
        assert "Loading" not in result.stderr
    assert call("monitor", "call.wav").exit_code == 2


def test_a_file_that_never_comes_is_told(call, tmp_path):
    result = call("monitor", tmp_path / "call.wav", *RULE, "--patience", 0)
    assert result.exit_code == 3
    assert "no such file, and none came in 0 s" in result.stderr

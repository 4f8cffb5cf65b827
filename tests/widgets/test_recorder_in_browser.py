import io

import numpy as np
import pytest
import soundfile
from mounted import watch
from played_kernel import linked
from scipy.signal import correlate, resample_poly

import sottovoce
from sottovoce.widgets import Recorder
from sottovoce.widgets.shared.sound import wav_bytes

pytestmark = pytest.mark.browser

RATE = 48000
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="session")
def spoken(tmp_path_factory):
    """What is heard by the fake microphone: a sample, with half a second of silence after it."""
    sample = sottovoce.load_corpus("sample").recordings["tom_angry"]
    voice = sottovoce.load_recording(sample, rate=None)
    voice = resample_poly(voice.samples, RATE, voice.rate)
    path = tmp_path_factory.mktemp("spoken") / "voice.wav"
    loud = 0.6 * voice / np.abs(voice).max()
    soundfile.write(path, np.append(loud, np.zeros(RATE // 2)), RATE, subtype="PCM_16")
    return path


@pytest.fixture(scope="session")
def speaking(launch, spoken):
    return launch(*FAKE, f"--use-file-for-fake-audio-capture={spoken}", "--mute-audio")


@pytest.fixture
def with_page():
    contexts = []

    def make(browser, **options):
        context = browser.new_context(viewport={"width": 700, "height": 500}, **options)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        # So that a test can ask whether the microphone was let go.
        page.add_init_script(
            """window.heard = { tracks: [], contexts: [], asked: null };
            const { mediaDevices } = navigator;
            if (mediaDevices) {
              const get = mediaDevices.getUserMedia.bind(mediaDevices);
              mediaDevices.getUserMedia = async (wanted) => {
                heard.asked = wanted;
                const stream = await get(wanted);
                heard.tracks.push(...stream.getTracks());
                return stream;
              };
            }
            const Context = window.AudioContext;
            window.AudioContext = class extends Context {
              constructor(...options) { super(...options); heard.contexts.push(this); }
            };"""
        )
        return page

    yield make
    errors = [error for context in contexts for page in context.pages for error in page.errors]
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(with_page, speaking):
    return with_page(speaking)


def is_let_go(page):
    return page.evaluate(
        "heard.tracks.every((t) => t.readyState === 'ended') && "
        "heard.contexts.every((c) => c.state === 'closed')"
    )


def button(page, name):
    return page.get_by_role("button", name=name)


def likeness(recording, path):
    """The correlation with the part of the endlessly repeated source that fits best."""
    source, rate = soundfile.read(path)
    assert recording.rate >= 44100  # the browser's own, which is that of its loudspeaker
    samples = recording.resampled(rate).samples
    heard = samples - samples.mean()
    repeated = np.tile(source, 2 + len(heard) // len(source))
    products = correlate(repeated, heard, mode="valid", method="fft")
    energy = np.concatenate([[0.0], np.cumsum(repeated**2)])
    energies = energy[len(heard) :] - energy[: -len(heard)]
    return float(np.max(products / np.sqrt(np.maximum(energies, 1e-9) * (heard**2).sum())))


def record(kernel, seconds):
    page = kernel.page
    button(page, "Record").click()
    page.wait_for_function(
        f"parseFloat(document.querySelector('[role=timer]').textContent) > {seconds}"
    )
    button(page, "Stop").click()
    kernel.settle(lambda: kernel.widget.state in ("done", "error"))


def test_what_is_recorded_is_what_was_said(page, mount, spoken):
    recorder = Recorder()
    kernel = linked(mount, page, recorder)
    record(kernel, 2)
    assert recorder.error == ""
    asked = page.evaluate("heard.asked.audio")
    assert [asked[key] for key in ("echoCancellation", "noiseSuppression", "autoGainControl")] == [
        False
    ] * 3
    assert recorder.recording.duration > 2
    assert recorder.recording.id.startswith("recorded_2")
    assert likeness(recorder.recording, spoken) > 0.9
    assert soundfile.info(io.BytesIO(recorder.wav)).subtype == "PCM_16"
    assert is_let_go(page)


def test_without_a_worklet_it_records_as_well(page, mount, spoken):
    page.add_init_script(
        "AudioWorklet.prototype.addModule = async () => { throw new Error('policy'); };"
    )
    recorder = Recorder()
    record(linked(mount, page, recorder), 2)
    assert likeness(recorder.recording, spoken) > 0.9
    assert is_let_go(page)


def test_the_level_moves_and_the_button_says_what_it_does(page, mount):
    kernel = linked(mount, page, Recorder())
    meter = page.get_by_role("meter")
    assert meter.get_attribute("aria-valuetext") == "off"
    button(page, "Record").focus()
    page.keyboard.press("Space")
    button(page, "Stop").wait_for()
    assert button(page, "Stop").get_attribute("aria-pressed") == "true"
    levels = set()

    def moved_and_loud():  # what is heard pauses between words
        levels.add(float(meter.get_attribute("aria-valuenow")))
        return len(levels) > 5 and max(levels) > -15

    kernel.settle(moved_and_loud)
    assert "dB, " in meter.get_attribute("aria-valuetext")
    page.keyboard.press("Space")
    kernel.settle(lambda: kernel.widget.state == "done")
    assert button(page, "Record").get_attribute("aria-pressed") == "false"
    assert meter.get_attribute("aria-valuetext") == "off"


def test_it_stops_by_itself_at_the_limit(page, mount):
    recorder = Recorder(max_seconds=1)
    kernel = linked(mount, page, recorder)
    button(page, "Record").click()
    kernel.settle(lambda: recorder.state == "done")
    assert recorder.recording.duration == pytest.approx(1, abs=0.001)
    assert "Stopped at the limit of 1 s" in page.get_by_role("status").inner_text()
    assert page.get_by_role("timer").inner_text() == "1.0 of 1 s"
    assert is_let_go(page)


def test_it_can_be_heard_and_discarded(page, mount):
    recorder = Recorder()
    kernel = linked(mount, page, recorder)
    record(kernel, 1)
    audio = page.locator("audio")
    kernel.settle(lambda: audio.evaluate("a => a.readyState > 0"))
    assert audio.evaluate("a => a.duration") == pytest.approx(recorder.recording.duration, abs=0.01)
    button(page, "Discard").click()
    kernel.settle(lambda: recorder.recording is None)
    assert recorder.wav == b""
    assert recorder.state == "idle"
    assert audio.is_hidden()


def test_a_view_that_is_opened_later_has_the_sound_too(page, mount):
    recorder = Recorder()
    sample = sottovoce.load_recording(sottovoce.load_corpus("sample").recordings["tom_sad"])
    recorder.wav = wav_bytes(sample)
    kernel = linked(mount, page, recorder)
    kernel.settle(lambda: page.locator("audio").evaluate("a => a.readyState > 0"))
    assert page.locator("audio").is_visible()


def test_when_the_view_goes_the_microphone_is_let_go(page, mount):
    kernel = linked(mount, page, Recorder())
    button(page, "Record").click()
    button(page, "Stop").wait_for()
    assert not is_let_go(page)
    kernel.view.close()
    kernel.settle(lambda: is_let_go(page))
    assert page.evaluate("host.listeners()") == 0


def test_out_of_sight_it_stops_and_keeps_what_was_said(page, mount):
    recorder = Recorder()
    kernel = linked(mount, page, recorder)
    button(page, "Record").click()
    page.wait_for_function("parseFloat(document.querySelector('[role=timer]').textContent) > 0.6")
    page.evaluate(
        """Object.defineProperty(document, "hidden", { get: () => true });
        document.dispatchEvent(new Event("visibilitychange"));"""
    )
    kernel.settle(lambda: recorder.state == "done")
    assert "went out of sight" in page.get_by_role("status").inner_text()
    assert recorder.recording.duration > 0.5


def test_a_device_that_goes_away_is_told(page, mount):
    recorder = Recorder()
    kernel = linked(mount, page, recorder)
    button(page, "Record").click()
    page.wait_for_function("parseFloat(document.querySelector('[role=timer]').textContent) > 0.6")
    page.evaluate("heard.tracks[0].dispatchEvent(new Event('ended'))")
    kernel.settle(lambda: recorder.state == "done")
    assert "The microphone went away" in page.get_by_role("status").inner_text()


def test_without_permission_it_says_how_to_give_it(with_page, launch, mount):
    page = with_page(launch("--use-fake-device-for-media-stream", "--deny-permission-prompts"))
    recorder = Recorder()
    kernel = linked(mount, page, recorder)
    button(page, "Record").click()
    kernel.settle(lambda: recorder.state == "error")
    assert "was not allowed. Allow it for this page" in page.get_by_role("alert").inner_text()
    assert "not allowed" in recorder.error
    assert button(page, "Record").is_enabled()


def test_without_a_device_it_says_so(with_page, launch, mount):
    page = with_page(launch("--use-fake-ui-for-media-stream"), permissions=["microphone"])
    recorder = Recorder()
    kernel = linked(mount, page, recorder)
    button(page, "Record").click()
    kernel.settle(lambda: recorder.state == "error")
    assert "No microphone was found" in page.get_by_role("alert").inner_text()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("Object.defineProperty(window, 'isSecureContext', { value: false });", "plain http"),
        ("Object.defineProperty(navigator, 'mediaDevices', { value: undefined });", "VS Code"),
    ],
)
def test_where_there_can_be_no_microphone_it_says_so_at_once(page, mount, script, words):
    page.add_init_script(script)
    linked(mount, page, Recorder())
    assert button(page, "Record").is_disabled()
    told = page.get_by_role("status").inner_text()
    assert words in told
    assert "upload a recording" in told


def test_silence_is_refused_in_words(page, mount):
    recorder = Recorder()
    kernel = linked(mount, page, recorder)
    page.evaluate(
        """() => {
        const connect = AudioNode.prototype.connect;
        AudioNode.prototype.connect = function (to, ...rest) {
          if (!(this instanceof MediaStreamAudioSourceNode)) return connect.call(this, to, ...rest);
          const off = this.context.createGain();
          off.gain.value = 0;
          connect.call(this, off);
          return connect.call(off, to, ...rest);
        };
        }"""
    )
    record(kernel, 0.6)
    assert recorder.recording is None
    assert "is silent" in page.get_by_role("alert").inner_text()
    assert page.locator("audio").is_visible()

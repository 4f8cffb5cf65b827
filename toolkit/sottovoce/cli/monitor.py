"""sottovoce monitor: alerts on sound as it arrives."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sottovoce.cli.options import Device, Dtype, Json, Model, Tokens, read_token_set, write_json
from sottovoce.cli.printing import complain, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sottovoce.alerts import Alert
    from sottovoce.monitoring import Monitor, Totals

MICROPHONE = "microphone"
LAW = (
    "An alert is a reason to listen, and no finding about anybody. On people at work or in "
    "education this is banned in the European Union (AI Act, Article 5(1)(f)); elsewhere they "
    "must be told."
)


def monitor(
    source: Annotated[
        str,
        typer.Argument(
            metavar="PATH|-|microphone",
            help='A WAV file, which may still grow; "-" for standard input; or "microphone".',
        ),
    ],
    rule: Annotated[
        list[str],
        typer.Option(
            metavar="RULE",
            help='When to raise an alert, such as "angry above .6 for two windows running" or '
            '"ambiguity above 1.5 bits". May be repeated.',
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="LOG", help="Append alerts there as JSON lines; a log that is there goes on."
        ),
    ] = None,
    json: Json = None,
    model: Model = "bundled",
    prompt: Annotated[
        str, typer.Option(metavar="NAME", help="Of the library, or a question of your own.")
    ] = "one_word",
    tokens: Tokens = None,
    readout: Annotated[
        str, typer.Option(metavar="NAME", help="How shares are read.")
    ] = "answer_step",
    seconds: Annotated[float, typer.Option(metavar="N", help="The length of a window.")] = 3.0,
    hop: Annotated[
        float | None,
        typer.Option(metavar="N", help="Seconds between windows.", show_default="half of a window"),
    ] = None,
    max_lag: Annotated[
        float,
        typer.Option(
            min=0, metavar="N", help="Seconds to be late before windows are skipped; they are told."
        ),
    ] = 10.0,
    patience: Annotated[
        float,
        typer.Option(min=0, metavar="N", help="Seconds without new sound that end a file."),
    ] = 10.0,
    raw_rate: Annotated[
        int | None,
        typer.Option(metavar="HZ", help="The sound is raw PCM at this rate, not WAV."),
    ] = None,
    raw_channels: Annotated[int, typer.Option(min=1, metavar="N", help="Of raw PCM.")] = 1,
    raw_encoding: Annotated[
        str, typer.Option(metavar="NAME", help="Of raw PCM, such as PCM_16 or FLOAT.")
    ] = "PCM_16",
    keep_sound: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Keep the sound of each alert there, for those who review it."
        ),
    ] = None,
    device: Device = None,
    dtype: Dtype = None,
) -> None:
    """Listen to sound as it arrives, window by window, and raise alerts.

    It keeps in step with the sound: where it cannot, it says so, and skips whole windows.
    """
    from sottovoce.alerts import AlertLog, Rule

    rules = [Rule.parse(text) for text in rule]
    log = None if out is None else AlertLog(out)
    token_set = read_token_set(tokens)
    chunks = _chunks(source, raw_rate, raw_channels, raw_encoding, patience)
    complain(f"Loading the model {model} ...")
    from sottovoce.models import load_model
    from sottovoce.monitoring import Monitor

    loaded = load_model(model, device=device, dtype=dtype)
    complain(repr(loaded))
    listening = Monitor(
        loaded,
        rules,
        prompt=prompt,
        tokens=token_set,
        readout=readout,
        seconds=seconds,
        hop=hop,
        max_lag=max_lag,
        source="stdin" if source == "-" else Path(source).stem,
        on_alert=_say_alert,
        on_problem=complain,
        log=log,
        keep_sound=keep_sound,
    )
    complain(LAW)
    complain(f"Listening to {source}; Ctrl-C ends it.")
    totals = _listen(listening, chunks)
    write_json(totals.to_dict() | {"rules": [str(one) for one in rules]}, json)
    complain(_told(totals))


def _chunks(
    source: str, rate: int | None, channels: int, encoding: str, patience: float
) -> "Iterator[Any]":
    from sottovoce.monitoring import PCM, follow_file, microphone, read_pcm

    pcm = None if rate is None else PCM(rate, channels, encoding)
    if source == MICROPHONE:
        return microphone()
    if source == "-":
        return read_pcm(sys.stdin.buffer, pcm=pcm)
    return follow_file(source, pcm=pcm, patience=patience)


def _listen(listening: "Monitor", chunks: "Iterator[Any]") -> "Totals":
    """Listen until the source ends or somebody presses Ctrl-C, which is how one stops listening."""
    try:
        return listening.listen(chunks)
    except KeyboardInterrupt:
        listening.finish()
        return listening.totals


def _say_alert(alert: "Alert") -> None:
    values = ", ".join(
        f"{name} {value:.2f} bits" if name == "ambiguity" else f"{name} {value:.0%}"
        for name, value in alert.values.items()
    )
    say(f"alert {alert.id}  {alert.start:.1f}-{alert.end:.1f} s  {values}  ({alert.rule})")


def _told(totals: "Totals") -> str:
    told = [
        f"{totals.n_alerts} alerts in {totals.n_windows} windows",
        f"{totals.audio_seconds:.1f} s of sound",
    ]
    told += [
        f"{count} {what}"
        for count, what in (
            (totals.n_error, "windows without an answer, such as silence"),
            (totals.n_broken, "broken windows"),
            (totals.n_skipped, "skipped windows"),
        )
        if count
    ]
    if totals.real_time_factor is not None:
        told.append(f"{totals.real_time_factor:.2f} s of work for a second of sound")
    return "; ".join(told) + "."

"""Which seconds a share rests on, by the gradients of the model on what it hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sottovoce.capture.sequences import extended
from sottovoce.errors import ExplanationError, MissingExtraError
from sottovoce.explain.cells import Cells, make_cells
from sottovoce.explain.occlusion import as_map
from sottovoce.explain.probe import Probe
from sottovoce.explain.trust import Checks, check_map

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr
    from numpy.typing import NDArray

    from sottovoce.capture.progress import Progress
    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet


def gradients(
    model: SpeechModel | str,
    recording: Any,
    prompt: str | Prompt = "one_word",
    *,
    seconds: float = 0.1,
    n_steps: int = 64,
    target: str | None = None,
    tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    emotions: Sequence[str] | None = None,
    checks: bool | Checks = True,
    seed: int = 0,
    batch_size: int = 16,
    progress: bool | Progress = True,
) -> xr.Dataset:
    """Divide an emotion's share over the seconds of a recording by integrated gradients.

    The way from silence to the recording is gone in small steps through what the model's feature
    extractor makes of them (a mel spectrogram, for most), and the share's gradient is summed on the
    way (Sundararajan et al. 2017, arXiv:1703.01365; computed by captum). The parts of all frames
    sum to what the share is more than under silence; attribute ``convergence`` tells how far they
    miss it.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`, or a name for it.
    recording, prompt, tokens, emotions, checks, seed, batch_size, progress
        As for :func:`sottovoce.explain.occlusion`.
    seconds
        The frames' parts are added up over windows of this length.
    n_steps
        Steps on the way.
    target
        The emotion that is explained; by default the likeliest.

    Returns
    -------
    xarray.Dataset
        As :func:`sottovoce.explain.occlusion` returns it, with one band and one emotion, and
        without ``share``: nothing is covered but for the checks, by silence.

    Raises
    ------
    MissingExtraError
        If captum is not installed.
    ExplanationError
        If no gradient reaches what this model hears, or its features have no axis of time.
    RecordingError
        If the recording cannot be read, or is longer than the model hears at once.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_happy.flac"
    >>> model = sottovoce.load_model()
    >>> found = gradients(model, clip, n_steps=8, checks=False, progress=False)
    >>> found["effect"].dims, found.attrs["method"]
    (('second', 'band', 'emotion'), 'integrated gradients')
    """
    try:
        from captum.attr import IntegratedGradients
    except ImportError as error:
        raise MissingExtraError(package="captum", extra="explain") from error
    probe = Probe(model, prompt, tokens, emotions, batch_size=batch_size)
    heard = probe.load(recording)
    cells = make_cells(heard, seconds, seconds, False, "silence", seed)
    whole = probe.shares([heard.samples])[0]
    place = probe.target(target, whole)
    spread = _Spread(probe, cells, IntegratedGradients, n_steps)
    effect, convergence = spread.over_windows(place)
    found = as_map(probe, cells, whole, np.zeros((cells.count, len(whole))), place)
    found = found.isel(emotion=[place]).copy()
    found["effect"] = found["effect"].copy(data=effect.reshape(*cells.shape, 1))
    found.attrs |= {
        "method": "integrated gradients",
        "n_steps": n_steps,
        "convergence": convergence,
        "seed": seed,
    }
    if checks is False:
        return found
    how = Checks() if checks is True else checks
    tested = check_map(
        probe, cells, effect, place, lambda: spread.over_windows(place)[0], how,
        seed=seed, progress=progress,
    )  # fmt: skip
    return found.merge(tested).assign_attrs(found.attrs | tested.attrs)


class _Spread:
    """What a model hears as tensors, and how their gradients lie along the seconds."""

    def __init__(self, probe: Probe, cells: Cells, method: Any, n_steps: int) -> None:
        self._probe = probe
        self._cells = cells
        self._method = method
        self._n_steps = n_steps
        self._inputs = self._encoded(cells.recording.samples)
        silent = self._encoded(np.zeros_like(cells.recording.samples))
        self._name = _sound_of(probe.model.id, self._inputs, silent)
        self._silence = silent[self._name]
        self._axis, self._seconds = self._place_frames()

    def over_windows(self, target: int) -> tuple[NDArray[np.float64], float]:
        """Return each window's part, shape (window,), and by how much the sum misses the whole."""
        model = self._probe.model
        others = {name: one for name, one in self._inputs.items() if name != self._name}
        ids = torch.tensor(self._probe.token_ids, device=model.device)

        def share(features: torch.Tensor) -> torch.Tensor:
            rows = len(features) // len(self._silence)
            inputs = {name: one.repeat(rows, *[1] * (one.ndim - 1)) for name, one in others.items()}
            inputs[self._name] = features.to(self._silence.dtype)
            output = model.model(**inputs, **model.generate_options)
            logit = output.logits[:, -1].float()[:, ids]
            return self._probe.divide_tensor(logit)[:, target]

        required = {one: one.requires_grad for one in model.model.parameters()}
        try:
            for one in required:
                one.requires_grad_(False)
            with torch.enable_grad():
                parts = self._method(share).attribute(
                    self._inputs[self._name],
                    baselines=self._silence,
                    n_steps=self._n_steps,
                    internal_batch_size=self._probe.rows_at_once * len(self._silence),
                )
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            raise ExplanationError(
                f"{model.id}: no gradient reaches its {self._name} ({error}). Use "
                "sottovoce.explain.occlusion, which needs none."
            ) from error
        finally:
            for one, was in required.items():
                one.requires_grad_(was)
        along = [axis for axis in range(1, parts.ndim) if axis != self._axis]
        frames = parts.detach().sum(dim=along).double().cpu().numpy().ravel()
        windows = np.searchsorted(self._cells.starts, self._seconds, side="right") - 1
        effect = np.zeros(self._cells.count)
        np.add.at(effect, windows.clip(0, self._cells.count - 1), frames)
        with torch.inference_mode():
            ends = [float(share(one)[0]) for one in (self._inputs[self._name], self._silence)]
        return effect, abs(float(frames.sum()) - (ends[0] - ends[1]))

    def _encoded(self, samples: NDArray[np.float32]) -> dict[str, torch.Tensor]:
        probe = self._probe
        inputs = probe.model.inputs([samples], [probe.prompt.text])
        return extended(probe.model, inputs, [probe.given])

    def _place_frames(self) -> tuple[int, NDArray[np.float64]]:
        """Return the axis of time, and where in the recording each frame of each window lies.

        Found by silencing two stretches of noise and looking where the features change:
        architectures differ in the order of their axes, in the length of a frame, in how far they
        pad, and in whether they cut what is long into windows along the first axis.
        """
        recording = self._cells.recording
        noise = np.random.default_rng(0).normal(0, 0.1, len(recording.samples)).astype(np.float32)
        own = self._encoded(noise)[self._name].float()
        n_windows = len(own)
        moments = [part * recording.duration / n_windows for part in (0.25, 0.75)]
        half = 0.05 * recording.duration / n_windows
        centres = []
        for moment in moments:
            first, last = (int((moment + side * half) * recording.rate) for side in (-1, 1))
            samples = noise.copy()
            samples[first:last] = 0
            change = (self._encoded(samples)[self._name].float() - own).abs().double()
            centres.append([_centre(change, axis) for axis in range(1, change.ndim)])
        moved = np.subtract(centres[1], centres[0])
        axis = int(np.argmax(np.abs(moved)))
        if moved[axis] <= 0.5:
            raise ExplanationError(
                f"{self._probe.model.id}: along no axis of its {self._name}, of shape "
                f"{tuple(own.shape)}, does time run. Use "
                "sottovoce.explain.occlusion, which needs none."
            )
        frame = (moments[1] - moments[0]) / moved[axis]
        n_frames = own.shape[axis + 1]
        within = moments[0] + (np.arange(n_frames) - centres[0][axis]) * frame
        starts = np.arange(n_windows) * n_frames * frame
        return axis + 1, (starts[:, None] + within).ravel()


def _sound_of(name: str, inputs: dict[str, torch.Tensor], silent: dict[str, torch.Tensor]) -> str:
    """Return the input that holds the sound: the largest that silence changes."""
    changed = [
        key
        for key, one in inputs.items()
        if one.is_floating_point()
        and one.shape == silent[key].shape
        and not torch.equal(one, silent[key])
    ]
    if not changed:
        raise ExplanationError(
            f"{name}: none of its inputs holds the sound as numbers that can change little by "
            "little. Use sottovoce.explain.occlusion, which needs none."
        )
    return max(changed, key=lambda key: inputs[key].numel())


def _centre(change: torch.Tensor, axis: int) -> float:
    """Return the middle of what changes most along an axis.

    Where an extractor sets the level of its silence by the loudest moment, or normalises, all
    frames change a little.
    """
    along = change.sum(dim=[other for other in range(change.ndim) if other != axis])
    return float((along > along.max() / 2).nonzero().double().mean())

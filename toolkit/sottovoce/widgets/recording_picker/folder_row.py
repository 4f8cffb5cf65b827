"""A folder on the kernel's machine: to add recordings from, or to save them in."""

from __future__ import annotations

import ipywidgets

from sottovoce.errors import RecordingError


class FolderRow(ipywidgets.VBox):
    """A field for a path, and what can be done with the folder.

    Examples
    --------
    >>> row = FolderRow()
    >>> row.given()
    Traceback (most recent call last):
    sottovoce.errors.RecordingError: No folder is given. Write its path on the kernel's machine.
    >>> row.path.value = " my recordings "
    >>> row.given()
    'my recordings'
    """

    def __init__(self) -> None:
        self.path = ipywidgets.Text(
            description="Folder:",
            placeholder="a path on the kernel's machine",
            continuous_update=False,
            style={"description_width": "auto"},
            layout=ipywidgets.Layout(width="auto"),
        )
        self.add = ipywidgets.Button(
            description="Add folder", tooltip="List the recordings in this folder"
        )
        self.save = ipywidgets.Button(
            description="Save mine there",
            tooltip="Write what was uploaded and recorded into this folder",
            disabled=True,
        )
        super().__init__([self.path, ipywidgets.HBox([self.add, self.save])])

    def given(self) -> str:
        """Return the path.

        Raises
        ------
        RecordingError
            If there is none.
        """
        path = str(self.path.value).strip()
        if not path:
            raise RecordingError("No folder is given. Write its path on the kernel's machine.")
        return path

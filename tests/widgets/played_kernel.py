"""A widget's Python and its JavaScript together, with no Jupyter between them."""

import time

from mounted import unpacked


class PlayedKernel:
    """Carries traits and messages between a widget and its view on a page.

    What the browser says reaches Python when the test asks for it with `settle`, as a kernel that
    is busy until then would; what Python says is on the page at once.
    """

    def __init__(self, widget, view):
        self.widget, self.view = widget, view
        self.page = view.page
        self._messages = self._saved = 0
        self._from_browser = False
        widget.send = lambda content, buffers=None: view.send(
            content, [bytes(b) for b in buffers or ()]
        )
        self._names = [name for name in widget.traits(sync=True) if not name.startswith("_")]
        self._names = [
            name for name in self._names if name not in ("layout", "tooltip", "tabbable")
        ]
        widget.observe(self._tell, self._names)

    def settle(self, until, seconds=10.0):
        """Carry what there is to carry until a condition holds."""
        end = time.monotonic() + seconds
        while True:
            self._carry()
            if until():
                return
            assert time.monotonic() < end, "it did not happen"
            self.page.wait_for_timeout(20)

    def _tell(self, change):
        if not self._from_browser:
            self.view.set(change["name"], self.widget.get_state([change["name"]])[change["name"]])

    def _carry(self):
        for traits in self._new("saved", self._saved):
            self._saved += 1
            self._from_browser = True
            try:
                self.widget.set_state(traits)
            finally:
                self._from_browser = False
        messages = self._new("messages", self._messages)
        if not messages:
            return
        buffers = self._new("buffers", self._messages)
        for content, parts in zip(messages, buffers, strict=False):
            self._messages += 1
            self.widget._handle_custom_msg(content, [memoryview(part) for part in parts])

    def _new(self, kind, known):
        """Return what the browser has sent beyond what is known; all of it may be large."""
        sent = self.page.evaluate(f"(known) => host.{kind}().slice(known)", known)
        return [unpacked(one) for one in sent]


def linked(mount, page, widget, **options):
    """Mount a widget's JavaScript with its state, and link both."""
    state = {
        name: value
        for name, value in widget.get_state().items()
        if not name.startswith("_") and name not in ("layout", "tooltip", "tabbable")
    }
    view = mount(page, str(widget._esm), str(widget._css), state, **options)
    return PlayedKernel(widget, view)

"""A widget's Python and its JavaScript together, with no Jupyter between them."""

import time


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
        counts = self.page.evaluate("[host.saved().length, host.messages().length]")
        if counts[0] > self._saved:
            for traits in self.view.saved[self._saved :]:
                self._saved += 1
                self._from_browser = True
                try:
                    self.widget.set_state(traits)
                finally:
                    self._from_browser = False
        if counts[1] > self._messages:
            messages, buffers = self.view.messages, self.view.buffers
            for content, parts in list(zip(messages, buffers, strict=True))[self._messages :]:
                self._messages += 1
                self.widget._handle_custom_msg(content, [memoryview(part) for part in parts])


def linked(mount, page, widget, **options):
    """Mount a widget's JavaScript with its state, and link both."""
    state = {
        name: value
        for name, value in widget.get_state().items()
        if not name.startswith("_") and name not in ("layout", "tooltip", "tabbable")
    }
    view = mount(page, str(widget._esm), str(widget._css), state, **options)
    return PlayedKernel(widget, view)

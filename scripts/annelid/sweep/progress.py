"""How far a sweep is: one line that stays in its place on a terminal, few lines in a log."""

from __future__ import annotations

import sys
import time

LOG_EVERY_S = 60.0
LIVE_EVERY_S = 0.2


def duration(seconds: float) -> str:
    """0:07, 12:40, 3:05:00."""
    minutes, s = divmod(int(round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{s:02d}" if hours else f"{minutes}:{s:02d}"


class Progress:
    """total: points of the study. done: those that were done before."""

    def __init__(self, total: int, done: int) -> None:
        self.total, self.before = total, done
        self.live = sys.stderr.isatty()
        self.start = self.last = time.monotonic()
        self.shown = -1
        self.width = 0

    def text(self, done: int, running: int, failed: int) -> str:
        words = [f"{done} of {self.total} points done", f"{running} running"]
        if failed:
            words.append(f"{failed} failed")
        ended = done + failed - self.before
        if ended and running:
            pace = (time.monotonic() - self.start) / ended
            words.append(f"{duration(pace * (self.total - done - failed))} left")
        return ", ".join(words)

    def show(self, done: int, running: int, failed: int) -> None:
        now = time.monotonic()
        if self.live:
            if now - self.last >= LIVE_EVERY_S:
                self._line(self.text(done, running, failed))
                self.last = now
            return
        tenth = 10 * (done + failed) // max(self.total, 1)
        if self.shown < 0 or tenth > self.shown or now - self.last >= LOG_EVERY_S:
            print(self.text(done, running, failed), file=sys.stderr, flush=True)
            self.last, self.shown = now, tenth

    def say(self, line: str) -> None:
        """A line that stays."""
        if self.live:
            self._line(line)
            print(file=sys.stderr)
            self.width = 0
        else:
            print(line, file=sys.stderr, flush=True)

    def finish(self, done: int, failed: int) -> None:
        """The last state of all."""
        if self.live:
            self._line(self.text(done, 0, failed))
        else:
            self.show(done, 0, failed)
        self.end()

    def end(self) -> None:
        if self.live and self.width:
            print(file=sys.stderr)
            self.width = 0

    def _line(self, text: str) -> None:
        print("\r" + text.ljust(self.width), end="", file=sys.stderr, flush=True)
        self.width = len(text)

"""Rows of figures, and the table they end in."""

import json
from dataclasses import asdict, dataclass


@dataclass
class Row:
    measure: str
    unit: str
    ours: float
    peer: float | None = None
    peer_name: str = ""
    # The bound on `ours`, or on the ratio where `on_ratio`; "at_least" or "at_most".
    at_least: float | None = None
    at_most: float | None = None
    on_ratio: bool = False

    @property
    def ratio(self):
        return self.ours / self.peer if self.peer else None

    @property
    def judged(self):
        return self.ratio if self.on_ratio else self.ours

    @property
    def target(self):
        bound = self.at_least if self.at_least is not None else self.at_most
        if bound is None:
            return ""
        sign = "≥" if self.at_least is not None else "≤"
        return f"{'ratio ' if self.on_ratio else ''}{sign} {number(bound)}"

    @property
    def verdict(self):
        if not self.target:
            return ""
        met = self.judged >= self.at_least if self.at_least is not None else self.judged <= self.at_most
        return "met" if met else "MISSED"

    @property
    def cells(self):
        peer = f"{number(self.peer)} ({self.peer_name})" if self.peer is not None else ""
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        return [f"{self.measure}, {self.unit}", number(self.ours), peer, ratio, self.target, self.verdict]


HEAD = ["measure", "ours", "peer", "ours/peer", "target", ""]


def number(value):
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def table(rows):
    """Columns for a terminal: words to the left, numbers to the right."""
    lines = [HEAD] + [row.cells for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    left = (0, 4, 5)

    def aligned(line):
        for column, (cell, width) in enumerate(zip(line, widths)):
            yield cell.ljust(width) if column in left else cell.rjust(width)

    return "\n".join("  ".join(aligned(line)).rstrip() for line in lines)


def deliver(rows, path):
    """The table on stdout; or, where a run of all benchmarks asked for it, the rows in a file."""
    if path is None:
        print(f"\n{table(rows)}")
    else:
        with open(path, "w") as file:
            json.dump([asdict(row) for row in rows], file)


def read(path):
    with open(path) as file:
        return [Row(**row) for row in json.load(file)]

"""Cases by plain rules, one price of each shop: what follows from who asks what and what is flagged."""

from dataclasses import dataclass

OVER = ("dismissed", "closed", "rectified")
LASTS = ("found", "screened", "reminded", "explained", "appealed", "reviewed", "interviewed")
"""States out of which a price that is put right leads to `repriced`."""


@dataclass
class PlainCase:
    """What became of the price of one shop."""

    fen: int
    class_: str
    state: str = "found"
    standing: bool = True
    mended: bool = False
    revision: int = 0
    judged: int | None = None

    def step(self, state: str, asked: int | None) -> None:
        """Go into another state."""
        self.state, self.revision = state, self.revision + 1
        self.judged = (self.fen if asked is None else asked) if state in OVER else None

    def follow(self, flag: tuple[int, str] | None, asked: int | None) -> None:
        """See what is flagged and asked now."""
        if flag is None:
            self.standing = False
            return self.mend(asked)
        if self._comes_back(flag[0]):
            self.step("found", asked)
            self.fen, self.class_ = flag
        self.standing, self.mended = True, False

    def mend(self, asked: int | None) -> None:
        """See whether a price that is not flagged was put right."""
        if self.standing or self.mended or asked is None:
            return
        if asked > self.fen if self.class_ == "error_low" else asked < self.fen:
            self.mended = True
            if self.state in LASTS:
                self.step("repriced", asked)

    def _comes_back(self, fen: int) -> bool:
        if self.state == "repriced":
            return True
        if self.state == "dismissed":
            return fen != self.judged
        return self.state in OVER and (fen != self.judged or self.mended)

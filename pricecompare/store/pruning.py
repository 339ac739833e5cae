"""What is kept for a time only, counted and forgotten."""

from pricecompare.store.base import Base


class Pruning(Base):
    """Rows that nobody needs any more; each is counted and pruned by the same words."""

    def old_refused(self, before: int) -> int:
        """Return how many refused rows came before a second."""
        return self._rows("count_old_refused", before=before)[0][0]

    def prune_refused(self, before: int) -> None:
        """Forget refused rows that came before a second, and how their file is written."""
        self._do("prune_old_refused", before=before)
        self._do("prune_old_refused_files", before=before)

    def old_request_keys(self, before: int) -> int:
        """Return how many requests with a key were made before a second."""
        return self._rows("count_old_request_keys", before=before)[0][0]

    def old_nonces(self, before: int) -> int:
        """Return how many words of signed requests are of times before a second."""
        return self._rows("count_old_nonces", before=before)[0][0]

    def old_failures(self, before: int) -> int:
        """Return how many attempts to log in failed up to a second."""
        return self._rows("count_old_failures", before=before)[0][0]

    def prune_failures(self, before: int) -> None:
        """Forget attempts to log in that failed up to a second."""
        self._do("prune_failures", oldest=before)

    def old_sessions(self, before: int) -> int:
        """Return how many sessions at the console were over at a second."""
        return self._rows("count_old_sessions", before=before)[0][0]

    def prune_sessions(self, before: int) -> None:
        """Forget sessions at the console that were over at a second."""
        self._do("prune_sessions", now=before)

    def old_report_days(self, day: str) -> int:
        """Return how many counts of reports are of days before `day`."""
        return self._rows("count_old_report_days", day=day)[0][0]

    def prune_report_days(self, day: str) -> None:
        """Forget counts of reports of days before `day`."""
        self._do("prune_old_report_days", day=day)

    def old_reports(self, before: int) -> int:
        """Return how many decided reports were last said before a second."""
        return self._rows("count_old_reports", before=before)[0][0]

    def prune_reports(self, before: int) -> None:
        """Forget decided reports that were last said before a second."""
        self._do("prune_old_reports", before=before)

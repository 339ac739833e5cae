"""What is not asked again while nothing has changed is never out of date."""

import pytest

from pricecompare.store import open_store


@pytest.fixture
def again(store, url):
    """Another connection to the same database."""
    again = open_store(url)
    yield again
    again.close()


def test_what_is_asked_again_only_after_changes_is_always_true(store, again):
    asked = []

    def once() -> int:
        return store.engine.unchanged("data", lambda: asked.append(1) or store.versions().data)

    assert (once(), once()) == (0, 0)
    with pytest.raises(KeyError), store.writing():
        store.next_version()
        assert (once(), store.versions().data, again.versions().data) == (1, 1, 0)
        raise KeyError
    assert (once(), store.versions().data) == (0, 0)
    for number, writer in enumerate((store, again, store, again, again), 1):
        with writer.writing():
            writer.next_version()
        assert (once(), store.versions().data, again.versions().data) == (number, number, number)
    assert len(asked) >= 7

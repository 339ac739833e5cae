"""A store that was closed opens again for whoever asks, in this process or in a child of it."""

import os


def test_a_store_that_was_closed_opens_again_when_it_is_asked(store, url):
    with store.writing():
        store.put_meta(cursor_key="again")
    store.close()
    store.close()
    assert store.meta()["cursor_key"] == "again"


def test_what_a_process_has_closed_its_children_open_for_themselves(store, url):
    store.close()
    child = os.fork()
    if not child:
        os._exit(0 if store.meta()["cursor_key"] == "test" else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert store.meta()["cursor_key"] == "test"

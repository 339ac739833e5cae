"""A program for a server that tells who answers: GET /WORD?MS takes so many milliseconds of a processor."""

import os
import time


def answer(environ, start_response):
    """Return the word that was asked with, and the number of the process."""
    end = time.thread_time() + float(environ["QUERY_STRING"] or 0) / 1000
    while time.thread_time() < end:
        continue
    told = f"{environ['PATH_INFO'][1:]} {os.getpid()}".encode()
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]

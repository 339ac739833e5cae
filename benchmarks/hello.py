"""The least that Flask can answer, for comparison: ``gunicorn benchmarks.hello:app``."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "hello"

"""What people do in a browser at the console."""

import re

from tests.overseen import now_code

HTTPS = {"base_url": "https://localhost"}
LOGIN = "/console/login"
TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')


def words(overseen, made, **other):
    """Return what somebody types to get in."""
    return {"name": made["name"], "password": made["password"], "code": now_code(overseen.desk, made["name"]), **other}


def filled(client, form, path=LOGIN, **how):
    """Return the answer to a form, sent from the page that has it."""
    page = client.get(path, **(HTTPS | how)).get_data(as_text=True)
    return client.post(path, data={"token": TOKEN.search(page)[1], **form}, **(HTTPS | how))


def shown(client, path, **query):
    answer = client.get(path, query_string=query, **HTTPS)
    return answer.status_code, answer.get_data(as_text=True)

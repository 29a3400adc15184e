"""The browser without a screen."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{heading} – Desk</title></head>
<body><main><h1>{heading}</h1>{body}</main></body></html>"""
FORM = """<form method="post" action="/moves"><input type="hidden" name="_csrf" value="t">
<label for="d">Day</label><input id="d" name="day" value="1"><button>Save</button></form>"""


def page(heading: str, body: str = "", status: int = 200) -> HTMLResponse:
    return HTMLResponse(PAGE.format(heading=heading, body=body), status)


@pytest.fixture
def desk() -> FastAPI:
    app = FastAPI()

    @app.get("/moves")
    async def form() -> HTMLResponse:
        return page("Move In", FORM)

    @app.post("/moves")
    async def save(request: Request, day: str = Form(), csrf: str = Form(alias="_csrf")) -> RedirectResponse:
        assert request.headers["origin"] == "http://desk.localhost"
        answer = RedirectResponse(f"/saved?day={day}{csrf}", 303)
        answer.set_cookie("seen", day)
        return answer

    @app.get("/saved")
    async def saved(request: Request, day: str) -> HTMLResponse:
        return page("Saved", f"<p>{day} {request.cookies['seen']}</p>")

    @app.get("/broken/{kind}")
    async def broken(kind: str) -> HTMLResponse:
        bodies = {
            "token": FORM.replace("_csrf", "other"),
            "id": '<p id="a"></p><p id="a"></p>',
            "image": '<img src="/a.png">',
            "html": "<p><div></p>",
            "away": "",
        }
        return page("Broken", bodies[kind])

    @app.get("/away")
    async def away() -> RedirectResponse:
        return RedirectResponse("http://elsewhere.localhost/")

    @app.get("/data")
    async def data() -> JSONResponse:
        return JSONResponse({})

    return app


async def test_a_form_is_filled_in_sent_and_followed(page_client, desk):
    browser = page_client(desk)
    shown = await browser.submit(await browser.get("/moves"), day="2")
    assert (shown.page.h1, shown.url) == ("Saved", "http://desk.localhost/saved?day=2t")
    assert shown.page.text.endswith("2t 2")


@pytest.mark.parametrize("kind", ["token", "id", "image", "html"])
async def test_a_page_that_breaks_a_rule_fails(kind, page_client, desk):
    with pytest.raises(AssertionError):
        await page_client(desk).get(f"/broken/{kind}")


async def test_data_is_no_page_and_a_foreign_host_is_left_alone(page_client, desk):
    browser = page_client(desk)
    with pytest.raises(AssertionError, match="/data"):
        await browser.get("/data")
    with pytest.raises(AssertionError, match="led away"):
        await browser.get("/away")

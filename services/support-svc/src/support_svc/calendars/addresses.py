"""The whole address of a calendar, which only its owner sees, once (F3)."""

from starlette.requests import Request

from chassis.actor import Actor
from chassis.runtime import Runtime
from support_svc.calendars.model import RenewCalendar, hash_of, new_secret


def address_of(request: Request, secret: str) -> str:
    """Return the whole address of a calendar."""
    path = request.app.url_path_for("calendar_file", secret=f"{secret}.ics")
    return f"{request.app.state.runtime.settings.public_url}{path}"


def renewal(runtime: Runtime, actor: Actor, key: str | None) -> tuple[str, RenewCalendar]:
    """Return a new secret and the command that makes it the one of the actor's calendar."""
    secret = new_secret(key, actor.subject, runtime.settings.csrf_secret.get_secret_value())
    return secret, RenewCalendar(secret_hash=hash_of(secret))

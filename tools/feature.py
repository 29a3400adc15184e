"""`make feature SERVICE=support NAME=service_places ONE=service_place`: a new feature that passes every check.

It makes the feature's folder with its page, API, tables and French, a test, the migration, a part of the help,
and its line in `features.py` and in import-linter's layers. It records a title and lists what
was recorded; change it from there into the feature you need. CONTRIBUTING describes how to add an event.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SERVICES = {
    "support": ("support_svc", "/front-desk", "CASEWORKER"),
    "tenancy": ("tenancy_svc", "/property-desk", "PROPERTY_MANAGER"),
    "units": ("units_svc", "/inventory-desk", "INVENTORY_KEEPER"),
}
_RUFF = str(Path(sys.executable).with_name("ruff"))
_WORD = re.compile(r"[a-z]+(_[a-z]+)*")

FILES = {
    "__init__.py": "",
    "feature.py": '''"""{Title}."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from {package}.roles import {ROLE}

EDIT_{NAME} = Permission("edit_{name}", {ROLE})
VIEW_{NAME} = Permission("view_{name}", {ROLE})

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_{NAME}, VIEW_{NAME}),
    navigation=(NavItem("{Title}", "{name}", VIEW_{NAME}, position=85),),
)
''',
    "model.py": '''"""{Title}: what is recorded, and the command that records it."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned
from {package}.tables import Base


class {One}(Versioned, Base):
    """One of the {words}."""

    __tablename__ = "{one}"

    title: Mapped[str]
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[str] = mapped_column()


class Record{One}(BaseModel):
    """Record one of the {words}."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    title: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(title="Title")
''',
    "commands.py": '''"""Recording {words}."""

from uuid import UUID

from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from {package}.{name}.feature import EDIT_{NAME}
from {package}.{name}.model import {One}, Record{One}


@use_case(EDIT_{NAME})
async def record_{one}(tx: Tx, command: Record{One}) -> UUID:
    """Record one of the {words} and return its id."""
    made = {One}(
        id=new_id(), title=command.title, recorded_at=tx.now, recorded_by=tx.actor.name
    )
    tx.session.add(made)
    tx.touched("{one}", made.id, "recorded", {{"title": (None, command.title)}})
    return made.id
''',
    "queries.py": '''"""Reading {words}."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from {package}.{name}.feature import VIEW_{NAME}
from {package}.{name}.model import {One}

MOST = 200


@dataclass(frozen=True, slots=True)
class {One}View:
    """One of the {words}, as pages and the API show it."""

    id: UUID
    title: str
    recorded_at: dt.datetime
    recorded_by: str


@query(VIEW_{NAME})
async def {name}(tx: ReadTx) -> list[{One}View]:
    """What was recorded, the newest first, at most 200."""
    columns = ({One}.id, {One}.title, {One}.recorded_at, {One}.recorded_by)
    newest_first = {One}.recorded_at.desc(), {One}.id
    rows = await tx.execute(select(*columns).order_by(*newest_first).limit(MOST))
    return [{One}View(*row) for row in rows]
''',
    "api.py": '''"""{Title} through the API."""

from chassis.http import ApiRouter, Call, Created
from {package}.{name}.commands import record_{one}
from {package}.{name}.model import Record{One}
from {package}.{name}.queries import {One}View, {name}

router = ApiRouter(tags=["{words}"])


@router.get("/{path}")
async def get_{name}(call: Call) -> list[{One}View]:
    """List the {words}, the newest first."""
    return await call.ask({name})


@router.post("/{path}", status_code=201)
async def post_{one}(call: Call, command: Record{One}) -> Created:
    """Record one of the {words}."""
    return Created(id=await call.perform(record_{one}, command))
''',
    "desk.py": '''"""{Title} at the desk."""

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from {package}.{name}.commands import record_{one}
from {package}.{name}.model import Record{One}
from {package}.{name}.queries import {name}

router = DeskRouter(prefix="{desk}/{path}")


@router.get("", name="{name}")
async def list_page(call: DeskCall) -> Response:
    """What was recorded, the newest first."""
    return call.page("{name}/list.html", items=await call.ask({name}))


@router.get("/new", name="{one}_new")
async def new_page(call: DeskCall) -> Response:
    """The form for a new one."""
    return call.page("{name}/new.html", form=await call.form(Record{One}))


@router.post("/new", name="{one}_record")
async def record(call: DeskCall) -> Response:
    """Record it."""
    form = await call.form(Record{One})
    if await call.carry_out(form, record_{one}):
        return call.redirect("{name}", notice=call._("It is recorded."))
    return call.page("{name}/new.html", form=form, status=422)
''',
    "templates/{name}/list.html": """{{% extends "deskkit/list.html" %}}
{{% block heading %}}{{{{ _("{Title}") }}}}{{% endblock %}}
{{% block list_side %}}{{% if call.may("edit_{name}") %}}{{{{ ui.button_link(url("{one}_new"), _("Record another")) }}}}{{% endif %}}{{% endblock %}}
{{% block results %}}
{{% if items %}}
{{% call(one, key) ui.table([("title", _("Title")), ("when", _("Recorded")), ("who", _("Recorded by"))], items, _("{Title}")) %}}
{{% if key == "title" %}}{{{{ one.title }}}}{{% elif key == "when" %}}{{{{ one.recorded_at|moment }}}}{{% else %}}{{{{ one.recorded_by }}}}{{% endif %}}
{{% endcall %}}
{{% else %}}{{{{ ui.empty(_("Nothing is recorded yet.")) }}}}{{% endif %}}
{{% endblock %}}
""",
    "templates/{name}/new.html": """{{% extends "deskkit/form.html" %}}
{{% block heading %}}{{{{ _("{Title}: record another") }}}}{{% endblock %}}
{{% block before %}}{{{{ ui.back_link(url("{name}")) }}}}{{% endblock %}}
{{% block form %}}
{{% call ui.form_tag(form, button=_("Record"), cancel=url("{name}")) %}}
{{{{ ui.text_field(form, "title") }}}}
{{% endcall %}}
{{% endblock %}}
""",
}

FRENCH = {
    "{Title}": "{Titre}",
    "{Title}: record another": "{Titre}\u00a0: enregistrer un autre élément",
    "It is recorded.": "C’est enregistré.",
    "Record another": "Enregistrer un autre élément",
    "Nothing is recorded yet.": "Rien n’est encore enregistré.",
    "Title": "Titre",
    "Recorded": "Enregistré",
    "Recorded by": "Enregistré par",
    "Record": "Enregistrer",
}

TABLE = '''"""{Title}."""

from alembic import op

revision = "{revision}"
down_revision = {down}


def upgrade() -> None:
    """Add the table of {words}."""
    op.execute(
        """
        CREATE TABLE {one} (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            title TEXT NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            recorded_by TEXT NOT NULL,
            CONSTRAINT pk_{one} PRIMARY KEY (id)
        )
        """
    )
'''

TEST = '''"""{Title}: recorded and listed, through the API and by hand."""

import pytest

from deskkit.testing import parse_page

PAGE = "{desk}/{path}"
FORM = f"{{PAGE}}/new"


async def test_what_is_recorded_is_listed(world):
    async with world.api("{role}") as api:
        assert (await api.post("/{path}", json={{"title": "First"}})).status_code == 201
        (one,) = (await api.get("/{path}")).json()
        assert one["title"] == "First"
        assert (await api.post("/{path}", json={{"title": "  "}})).status_code == 422


@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_it_is_recorded_by_hand(world, locale):
    async with world.desk("{role}", locale=locale) as browser:
        empty = parse_page((await browser.get(PAGE)).text)
        fields = parse_page((await browser.get(FORM)).text).fields(FORM)
        answer = await browser.post(FORM, data={{**fields, "title": "First"}}, follow_redirects=True)
        assert answer.status_code == 200
        assert "First" in parse_page(answer.text).text
        assert "First" not in empty.text
'''


def main() -> int:
    """Write the feature; return 0, or 2 when a name can't be used."""
    parser = argparse.ArgumentParser(prog="make feature")
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("name", help="folder of the feature, plural: service_places")
    parser.add_argument("one", help="one of what it is about: service_place")
    given = parser.parse_args()
    package, desk, role = SERVICES[given.service]
    root = ROOT / "services" / f"{given.service}-svc" / "src" / package
    for word in (given.name, given.one):
        if not _WORD.fullmatch(word):
            sys.stderr.write(f"{word}: small letters and underscores\n")
            return 2
    if (root / given.name).exists() or given.name == given.one:
        sys.stderr.write(f"{given.name}: taken, or the same as {given.one}\n")
        return 2
    title = given.name.replace("_", " ")
    words = {
        "package": package,
        "desk": desk,
        "role": role.lower(),
        "ROLE": role,
        "name": given.name,
        "NAME": given.name.upper(),
        "one": given.one,
        "One": "".join(part.capitalize() for part in given.one.split("_")),
        "words": title,
        "path": given.name.replace("_", "-"),
        "Title": title[:1].upper() + title[1:],
    }
    for name, text in FILES.items():
        _write(root / given.name / name.format(**words), text.format(**words))
    french = (f'msgid "{msgid}"\nmsgstr "{msgstr}"\n' for msgid, msgstr in FRENCH.items())
    _write(root / given.name / "fr.po", "\n".join(french).format(Titre=words["Title"], **words))
    _enter(root, given.name, package)
    migration = root / "migrations" / "versions" / f"{given.name}.py"
    _write(migration, TABLE.format(revision="", down=repr(_head(root)), **words))
    _explain(root, words)
    test = root.parents[1] / "tests" / "component" / f"test_{given.name}.py"
    _write(test, TEST.format(**words))
    for command in (
        [sys.executable, "-m", "deskkit.i18n", package],
        [_RUFF, "check", "--fix", "--exit-zero", "--quiet", str(root), str(test)],
        [_RUFF, "format", "--quiet", str(root), str(test)],
        [sys.executable, str(ROOT / "tools" / "migration.py"), "stamp", str(migration)],
    ):
        subprocess.run(command, check=True, cwd=ROOT)
    sys.stdout.write(f"{root.relative_to(ROOT)}/{given.name}: translate its title in fr.po\n")
    return 0


HELP = {
    "en": """
## How do I record {words}? {{#{path}}}

1. Open **{Title}**.
2. Choose **Record another**, and give it a title.
""",
    "fr": """
## Comment enregistrer un élément de «\u00a0{Title}\u00a0»? {{#{path}}}

1. Ouvrez **{Title}**.
2. Choisissez **Enregistrer un autre élément**, et donnez-lui un titre.
""",
}


def _explain(root: Path, words: dict[str, str]) -> None:
    """Add a part to the desk's help, to which the feature's pages lead."""
    for language, text in HELP.items():
        path = root / "help" / f"{language}.md"
        _write(path, path.read_text(encoding="utf-8") + text.format(**words))
    pages = root / "help" / "pages.toml"
    line = '{path} = ["{name}", "{one}_new"]\n'.format(**words)
    _write(pages, pages.read_text(encoding="utf-8").rstrip("\n") + "\n" + line)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _enter(root: Path, name: str, package: str) -> None:
    """Add the feature before My day to the service's features, and below it to the layers."""
    features = root / "features.py"
    lines = features.read_text(encoding="utf-8")
    lines = lines.replace(
        f"from {package}.my_day import",
        f"from {package}.{name} import feature as {name}\nfrom {package}.my_day import",
    )
    features.write_text(
        lines.replace("    my_day.FEATURE,\n", f"    {name}.FEATURE,\n    my_day.FEATURE,\n"),
        encoding="utf-8",
    )
    settings = ROOT / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    layer = f'  "({package}.my_day)",\n'
    settings.write_text(text.replace(layer, f'{layer}  "({package}.{name})",\n'), encoding="utf-8")


def _head(root: Path) -> str:
    """Return the id of the service's newest migration."""
    texts = [path.read_text(encoding="utf-8") for path in (root / "migrations" / "versions").glob("*.py")]
    ids = {found.group(1) for text in texts if (found := re.search(r'^revision = "(\w+)"', text, re.M))}
    followed = {
        found.group(1) for text in texts if (found := re.search(r'^down_revision = "(\w+)"', text, re.M))
    }
    (head,) = ids - followed
    return head


if __name__ == "__main__":
    sys.exit(main())

"""The project follows the house rules, and each check fails on a planted violation."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name

import pytest

from chassis.access import RECEIVE_EVENTS
from chassis.usecase import Query, UseCase
from deskkit.i18n import SHARED, load_catalogue
from deskkit.i18n.extraction import texts_of
from testkit.house_rules import Tree, desks, structure, tables, texts, use_cases

ROOT = Path(__file__).resolve().parents[2]
FEATURE = "services/units-svc/src/units_svc/holds"
HOMES = "from units_svc.units.model import Home, home_for_edit\n"
DECLARED = "from units_svc.holds.feature import VIEW_HOLDS\nfrom chassis.usecase import query, use_case\n"

RULES = [
    (
        structure.feature_imports_point_inward,
        f"{FEATURE}/model.py",
        "from units_svc.holds.commands import secure\n",
    ),
    (structure.feature_imports_point_inward, f"{FEATURE}/queries.py", "from units_svc.holds import desk\n"),
    (
        structure.feature_imports_point_inward,
        f"{FEATURE}/desk.py",
        "from units_svc.holds.api import router\n",
    ),
    (structure.feature_imports_point_inward, f"{FEATURE}/model.py", "from .commands import secure\n"),
    (structure.features_form_an_order, f"{FEATURE}/model.py", "from units_svc.units.model import Unit\n"),
    (structure.only_perform_commits, f"{FEATURE}/commands.py", "async def a(s):\n    await s.commit()\n"),
    (structure.only_perform_commits, f"{FEATURE}/queries.py", "SQL = 'COMMIT;'\n"),
    (
        structure.only_publish_says_anything,
        f"{FEATURE}/commands.py",
        "SQL = 'INSERT INTO outbox (id) SELECT 1'\n",
    ),
    (structure.no_http_in_the_domain, f"{FEATURE}/commands.py", "from starlette.responses import Response\n"),
    (structure.no_http_in_the_domain, f"{FEATURE}/model.py", "e = Refused(status_code=409)\n"),
    (structure.no_http_in_the_domain, f"{FEATURE}/events.py", "import httpx\n"),
    (structure.no_http_in_the_domain, f"{FEATURE}/asking.py", "import httpx\n"),
    (structure.folders_are_words_of_the_trade, "services/units-svc/src/units_svc/utils/__init__.py", ""),
    (structure.folders_are_words_of_the_trade, "libs/chassis/src/chassis/helpers.py", ""),
    (
        use_cases.use_cases_declare_their_permission,
        f"{FEATURE}/commands.py",
        "async def secure(tx, command): ...\n",
    ),
    (
        use_cases.use_cases_declare_their_permission,
        f"{FEATURE}/commands.py",
        DECLARED + "@use_case\nasync def secure(tx, command): ...\n",
    ),
    (
        use_cases.use_cases_declare_their_permission,
        f"{FEATURE}/asking.py",
        "class Wish(BaseModel): ...\nclass More(Wish): ...\nasync def secure(tx: Tx, wish: More): ...\n",
    ),
    (
        use_cases.use_cases_declare_their_permission,
        f"{FEATURE}/queries.py",
        DECLARED + "@query('anything')\nasync def held(tx): ...\n",
    ),
    (
        use_cases.get_writes_nothing,
        f"{FEATURE}/desk.py",
        "@router.get('/x')\nasync def show(call):\n    await call.perform(secure, command)\n",
    ),
    (
        use_cases.get_writes_nothing,
        f"{FEATURE}/api.py",
        "@router.api_route('/x', methods=['GET'])\nasync def show(c):\n    await perform(r, a, secure, 1)\n",
    ),
    (
        use_cases.get_writes_nothing,
        f"{FEATURE}/desk.py",
        "@router.get('/x')\nasync def show(call):\n    await call.carry_out(form, secure)\n",
    ),
    (
        desks.desks_carry_forms_out,
        f"{FEATURE}/desk.py",
        "async def a(form):\n    try:\n        b()\n    except DomainError as no:\n        form.add(no)\n",
    ),
    (
        desks.desks_carry_forms_out,
        f"{FEATURE}/desk_extending.py",
        "async def a():\n    try:\n        b()\n    except (KeyError, errors.DomainError):\n        pass\n",
    ),
    (
        desks.desks_carry_forms_out,
        f"{FEATURE}/desk.py",
        "async def a(call):\n    try:\n        await call.perform(b, c)\n    except Taken:\n        pass\n",
    ),
    (
        desks.desks_carry_forms_out,
        f"{FEATURE}/desk.py",
        "async def a(call, form):\n    await call.perform(secure, form.command)\n",
    ),
    (
        desks.deadlines_are_written_in_one_way,
        f"{FEATURE}/templates/holds/record.html",
        "{{ hold.deadline|moment }}\n",
    ),
    (
        desks.deadlines_are_written_in_one_way,
        f"{FEATURE}/templates/holds/list.html",
        "{{ ui.day(one.hold_until) }}\n",
    ),
    (
        desks.deadlines_are_written_in_one_way,
        f"{FEATURE}/templates/holds/list.html",
        "{{ in_days(hold.deadline|last_day) }}\n",
    ),
    *(
        (desks.colons_are_those_of_the_language, f"{FEATURE}/templates/holds/list.html", content)
        for content in (
            "{{ hold.name }}: {{ hold.day }}\n",
            "{% endif %}: {{ hold.day }}\n",
            '{{ a ~ (": " ~ b) }}\n',
        )
    ),
    *(
        (tables.features_write_their_own_tables, f"{FEATURE}/commands.py", HOMES + content)
        for content in (
            "S = update(Home).values(floor=1)\n",
            "S = postgresql.insert(Home).from_select(['id'], select(1))\n",
            "S = Home.__table__.delete()\n",
            "TABLE = Table('home', MetaData())\nS = sa.update(TABLE)\n",
            "S = 'INSERT INTO home (id) SELECT 1'\n",
            "S = 'WITH a AS (DELETE FROM ONLY home RETURNING id) SELECT 1'\n",
            "S = f'UPDATE {Home.__tablename__} u SET floor = {FLOOR}'\n",
            "async def a(driver):\n    await driver.copy_records_to_table(Home.__tablename__, records=[])\n",
            "async def a(tx):\n    tx.session.add(Home(id=1))\n",
            "async def a(tx, home: Home | None):\n    home.floor = 1\n",
            "async def a(tx):\n    home = await tx.session.get_one(Home, 1)\n    home.floor, b = 1, 2\n",
            "async def a(tx):\n    wanted = select(Home)\n    for one in await tx.scalars(wanted):\n"
            "        one.floor += 1\n",
            "async def a(tx):\n    home = await home_for_edit(tx)\n    await tx.session.delete(home)\n",
            "async def a(tx):\n    home = await home_for_edit(tx)\n    setattr(home, 'floor', 1)\n",
            "S = 'UPDATE timers SET due_at = now()'\n",
            "from chassis.db.tables import timers\nS = timers.insert()\n",
        )
    ),
    (texts.no_traces_of_a_machine, "README.md", "pip install --" + "index-url https://somewhere/simple\n"),
    (texts.no_traces_of_a_machine, "docs/a.md", "see /" + "root/notes\n"),
    (texts.no_traces_of_a_machine, "deploy/a.yaml", "url: https://registry." + "npmjs.org/htmx\n"),
]


def plant(root: Path, path: str, content: str) -> Tree:
    """Make a small project that follows every rule, and change one file of it."""
    files = {
        "services/units-svc/src/units_svc/__init__.py": "",
        "libs/chassis/src/chassis/__init__.py": "",
        "libs/chassis/src/chassis/db/tables.py": "timers = sa.Table('timers', metadata)\n",
        f"{FEATURE}/__init__.py": "",
        f"{FEATURE}/model.py": '"""Holds."""\n',
        f"{FEATURE}/commands.py": '"""Securing."""\n' + DECLARED,
        f"{FEATURE}/queries.py": '"""Reading."""\nfrom units_svc.holds import asking\n',
        f"{FEATURE}/asking.py": '"""What a query needs."""\n',
        f"{FEATURE}/desk.py": '"""Pages."""\nfrom units_svc.holds.commands import secure\n',
        "services/units-svc/src/units_svc/units/__init__.py": "",
        "services/units-svc/src/units_svc/units/model.py": (
            '"""Units."""\nimport units_svc.holds.queries\nclass Home(Base):\n    __tablename__ = "home"\n'
            "async def home_for_edit(tx) -> Home: ...\n"
        ),
        "services/units-svc/src/units_svc/units/commands.py": "S = update(Home).values(floor=1)\n",
        "README.md": "# Partywall\n",
        path: content,
    }
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return Tree(root)


@pytest.fixture(scope="module")
def project() -> Tree:
    """The whole project, read once for all rules."""
    return Tree(ROOT)


EVERY_RULE = list(dict.fromkeys(rule for rule, _, _ in RULES))


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.__name__)
def test_the_project_keeps_the_rule(rule, project):
    assert [str(violation) for violation in rule(project)] == []


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.__name__)
def test_a_good_tree_passes(rule, tmp_path):
    assert rule(plant(tmp_path, "README.md", "# Good\n")) == []


@pytest.mark.parametrize(
    ("rule", "path", "content"),
    RULES,
    ids=[f"{rule.__name__}-{number}" for number, (rule, _, _) in enumerate(RULES)],
)
def test_a_planted_violation_is_found(rule, path, content, tmp_path):
    found = rule(plant(tmp_path, path, content))
    assert found, "the rule is hollow"
    if "order" not in rule.__name__:
        assert all(str(violation.path).startswith(path.removesuffix("/__init__.py")) for violation in found)


def test_each_exception_for_a_desk_is_still_needed(monkeypatch, project):
    excepted = desks.ANSWERS_A_REFUSAL_ITSELF
    monkeypatch.setattr(desks, "ANSWERS_A_REFUSAL_ITSELF", frozenset())
    found = {violation.message.split()[0] for violation in desks.desks_carry_forms_out(project)}
    assert found == {name.rsplit(".", 1)[-1] for name in excepted}


def test_each_table_that_another_feature_may_write_is_still_written_by_it(monkeypatch, project):
    excepted = tables.MAY_WRITE
    monkeypatch.setattr(tables, "MAY_WRITE", {})
    found = tables.features_write_their_own_tables(project)
    assert {violation.message.partition(":")[0] for violation in found} == set(excepted)


@pytest.mark.parametrize(
    "content",
    [
        "S = 'SELECT 1 FROM home FOR UPDATE OF unit'\n",
        "S = select(Home).with_for_update()\n",
        "S = 'INSERT INTO hold (id) SELECT id FROM home ON CONFLICT (id) DO UPDATE SET id = excluded.id'\n",
        "async def a(tx, home: Home):\n    hold = home.hold\n    hold.floor = home.floor\n",
        'async def a():\n    """Nothing here may DELETE FROM home or UPDATE home SET anything."""\n',
    ],
)
def test_what_only_reads_a_table_of_another_feature_passes(content, tmp_path):
    planted = plant(tmp_path, f"{FEATURE}/commands.py", HOMES + content)
    assert tables.features_write_their_own_tables(planted) == []


IMPORTS = [
    ("units_svc/a.py", "import support_svc\n", "Services never import each other"),
    ("contracts/a.py", "import chassis\n", "The published language knows nobody"),
    ("chassis/a.py", "import contracts\n", "The chassis knows no word of the trade"),
    ("chassis/a.py", "import deskkit\n", "The chassis knows no desk and nothing of the trade"),
    (
        "trade/a.py",
        "import chassis\n",
        "The library of the trade is pure: it knows no frame, no desk and no service",
    ),
    (
        "support_svc/placements.py",
        "import contracts.units\n",
        "Only a feature's events and a service's border know the published language",
    ),
    ("tenancy_svc/a.py", "import testkit\n", "What ships doesn't import what tests or operates it"),
]


def lint_imports(root: Path) -> str:
    """Run import-linter with the project's own contracts on packages planted below `root`."""
    result = subprocess.run(
        ["lint-imports", "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env=environment_with(root),
    )
    return result.stdout + result.stderr


def environment_with(root: Path) -> dict[str, str]:
    """Return an environment in which the planted packages are found before the installed ones."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PYTHONPATH": str(root), "PATH": path}


def plant_packages(root: Path, path: str = "", content: str = "") -> None:
    """Make every root package, with a feature whose events know the contracts, and plant one file."""
    for name in (
        "contracts",
        "chassis",
        "trade",
        "column_search",
        "importing",
        "deskkit",
        "testkit",
        "partywall",
        "gateway",
    ):
        (root / name).mkdir()
        (root / name / "__init__.py").touch()
    (root / "contracts" / "units.py").touch()
    (root / "gateway" / "border.py").write_text("import contracts.units\n")
    (root / "chassis" / "perform.py").write_text("import chassis.tx\n")
    (root / "chassis" / "tx.py").touch()
    for name in ("units_svc", "support_svc", "tenancy_svc"):
        (root / name / "holds").mkdir(parents=True)
        (root / name / "holds" / "__init__.py").touch()
        (root / name / "homes").mkdir()
        (root / name / "__init__.py").touch()
        (root / name / "homes" / "__init__.py").touch()
        (root / name / "homes" / "events.py").write_text("import contracts.units\n")
        (root / name / "border.py").write_text(f"import contracts.units\nimport {name}.homes.events\n")
    if path:
        (root / path).write_text(content)


def test_the_project_keeps_the_import_contracts():
    assert " broken" not in lint_imports(ROOT).replace(" 0 broken", "")


def test_good_packages_keep_the_import_contracts(tmp_path):
    plant_packages(tmp_path)
    assert "0 broken" in lint_imports(tmp_path)


@pytest.mark.parametrize(
    ("path", "content", "contract"), IMPORTS, ids=[contract for _, _, contract in IMPORTS]
)
def test_a_planted_import_breaks_its_contract(path, content, contract, tmp_path):
    plant_packages(tmp_path, path, content)
    assert f"{contract} BROKEN" in lint_imports(tmp_path)


PACKAGES = [
    "deskkit",
    "chassis",
    "trade",
    "column_search",
    "importing",
    "units_svc",
    "support_svc",
    "tenancy_svc",
    "gateway",
]


@pytest.mark.row("X1")
@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_has_its_french(package):
    catalogue = load_catalogue("fr", (*SHARED, package))
    missing = texts.translated(texts_of(package), catalogue.messages, Path(package))
    assert [str(violation) for violation in missing] == []


@pytest.mark.row("X1")
def test_a_text_without_french_is_found(tmp_path):
    used = {"Move In": ["desk.py:1"], "Search": ["desk.py:2"]}
    found = texts.translated(used, {"Search": ("Chercher",), "Move In": ("",)}, tmp_path)
    assert [violation.message for violation in found] == ["no French for 'Move In' (desk.py:1)"]


@pytest.mark.row("X1")
@pytest.mark.parametrize("package", PACKAGES)
def test_french_is_typeset_as_in_canada(package):
    catalogue = load_catalogue("fr", (package,))
    assert catalogue.messages
    assert [str(violation) for violation in texts.typeset(catalogue.messages, Path(package))] == []


@pytest.mark.row("X1")
@pytest.mark.parametrize(
    "text",
    [
        "« Loyer » manque",
        "Loyer : 3",
        "Loyer: 3",
        "Pourquoi\u00a0?",
        "1 250,00\u00a0$",
        "12 %",
        "8 h",
        "l'avis",
    ],
)
def test_french_that_is_typeset_otherwise_is_found(text, tmp_path):
    assert len(texts.typeset({"x": (text,)}, tmp_path)) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "«\u00a0%(field)s\u00a0» manque\u00a0: 1\u00a0250,00\u00a0$ à 14\u00a0h\u00a005, https://x.example?",
        "{what}\u00a0: l’avis",
    ],
)
def test_french_that_is_typeset_well_passes(text, tmp_path):
    assert texts.typeset({"x": (text,)}, tmp_path) == []


def test_the_rules_see_the_whole_project(project):
    """A rule that finds nothing to check would pass: the tree finds all packages, features and tests."""
    assert {name for name, _ in project.packages()} >= {
        "contracts",
        "chassis",
        "deskkit",
        "units_svc",
        "gateway",
    }
    features = {feature for _, feature in project.features()}
    assert {"placements", "holds", "leases"} <= features
    assert len(list(project.tests())) > 10


SERVICES = ["units_svc", "support_svc", "tenancy_svc", "gateway"]


def layers_of(package: str) -> list[str]:
    """Return the features of a package in import-linter's contract, the earliest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each["name"].startswith(f"Features of {package}"))
    return [layer.strip("()") for layer in reversed(layers[1:])]


@pytest.mark.parametrize("package", SERVICES)
def test_the_layers_are_the_features_in_their_order(package):
    features = resolve_name(f"{package}.features:FEATURES")
    assert [feature.package for feature in features] == layers_of(package)


@pytest.mark.parametrize("package", SERVICES)
def test_every_folder_of_a_service_is_a_feature(package):
    features = resolve_name(f"{package}.features:FEATURES")
    (folder,) = (folder for name, folder in Tree(ROOT).packages() if name == package)
    found = {one.parent.name for one in folder.glob("*/__init__.py")}
    assert found == {feature.name for feature in features}


@pytest.mark.parametrize("package", SERVICES)
def test_every_permission_that_is_asked_for_is_declared_by_its_feature(package):
    features = resolve_name(f"{package}.features:FEATURES")
    declared = {permission for feature in features for permission in feature.permissions}
    asked = {
        case.permission
        for module in Tree(ROOT).modules(package)
        if module.feature and ".migrations" not in module.name
        for case in vars(import_module(module.name)).values()
        if isinstance(case, (UseCase, Query)) and case.permission != RECEIVE_EVENTS
    }
    assert asked
    assert asked - declared == set()
    assert {permission for permission in declared if not permission.roles} - PROGRAMS == set()


PROGRAMS = {"manage_clients", "manage_keys", "open_sessions", "read_register", "serve_calendar"}
"""What only a service itself does: at its command line, before a session, or for a secret."""


@pytest.mark.parametrize("package", SERVICES)
def test_what_a_feature_offers_exists(package):
    for feature in resolve_name(f"{package}.features:FEATURES"):
        for question in feature.offers:
            assert callable(feature.offered(question)), (feature.name, question)

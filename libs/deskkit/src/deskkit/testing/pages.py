# ruff: noqa: S101 (these are the checks of tests)
"""Every page parsed as HTML5, with the house rules for pages checked."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

import html5lib

# Parser remarks that aren't mistakes in our pages.
_HARMLESS = frozenset[str]()
_UNSAFE_ATTRIBUTES = ("style",)


@dataclass(frozen=True)
class Page:
    """A parsed page; `forms` of it that are sent with POST carry a CSRF token."""

    root: Element
    html: str

    @property
    def h1(self) -> str:
        """The heading of the page."""
        return text_of(next(self.root.iter("h1")))

    @property
    def title(self) -> str:
        """The title of the page."""
        return text_of(next(self.root.iter("title")))

    @property
    def text(self) -> str:
        """All words of the page's main part, spaces made single."""
        return text_of(next(self.root.iter("main"), self.root))

    def form(self, action: str | None = None) -> Element:
        """The first POST form, or the one with this action. Raises LookupError."""
        for form in self.root.iter("form"):
            if form.get("method", "").lower() == "post" and action in (None, form.get("action")):
                return form
        raise LookupError(f"no form for {action or 'anything'}")

    def fields(self, action: str | None = None) -> dict[str, str]:
        """What the browser would send of a form as it stands (first value of each name)."""
        found: dict[str, str] = {}
        for name, value in fields_of(self.form(action)):
            found.setdefault(name, value)
        return found

    def links(self) -> dict[str, str]:
        """Addresses by their words."""
        return {text_of(link): link.get("href", "") for link in self.root.iter("a")}

    def ids(self) -> list[str]:
        """Every id, in the order of the page."""
        return [element.get("id", "") for element in self.root.iter() if element.get("id")]


def text_of(element: Element) -> str:
    """The words of an element, spaces made single."""
    return " ".join("".join(element.itertext()).split())


def fields_of(form: Element) -> list[tuple[str, str]]:
    """(name, value) pairs of a form's successful controls."""
    pairs: list[tuple[str, str]] = []
    for control in form.iter():
        name = control.get("name")
        if not name:
            continue
        if control.tag == "input":
            kind = control.get("type", "text")
            if kind in {"checkbox", "radio"} and control.get("checked") is None:
                continue
            if kind not in {"submit", "file"}:
                pairs.append((name, control.get("value", "")))
        elif control.tag == "textarea":
            pairs.append((name, (control.text or "").removeprefix("\n")))
        elif control.tag == "select":
            options = list(control.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            pairs.extend((name, option.get("value", text_of(option))) for option in chosen)
    return pairs


def parse_page(html: str, *, fragment: bool = False) -> Page:
    """Parse a page and check the rules: HTML5, one h1, title begins with it, ids once, forms safe.

    Raises AssertionError naming the rule. A fragment for htmx is checked for ids and forms alone.
    """
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parseFragment(html) if fragment else parser.parse(html)
    mistakes = [code for _place, code, _more in parser.errors if code not in _HARMLESS]
    assert not mistakes, f"not valid HTML5: {mistakes[:5]}"
    page = Page(root, html)
    if not fragment:
        headings = list(root.iter("h1"))
        assert len(headings) == 1, f"{len(headings)} h1 elements"
        assert page.h1, "the h1 is empty"
        assert page.title.startswith(page.h1), f"title {page.title!r} doesn't begin with {page.h1!r}"
        html_element = root if root.tag == "html" else next(root.iter("html"))
        assert (html_element.get("lang") or "")[:2] in {"en", "fr"}, "no language"
    ids = page.ids()
    doubled = {name for name in ids if ids.count(name) > 1}
    assert not doubled, f"ids used twice: {sorted(doubled)}"
    _check_references(root, set(ids))
    for form in root.iter("form"):
        assert form.get("action"), "a form without an action"
        if form.get("method", "get").lower() == "post":
            assert any(name == "_csrf" and value for name, value in fields_of(form)), (
                f"no CSRF token: {form.get('action')}"
            )
    for element in root.iter():
        if isinstance(element.tag, str):
            inline = [name for name in element.attrib if name in _UNSAFE_ATTRIBUTES or name.startswith("on")]
            assert not inline, (
                f"inline {inline} on {element.tag} would be refused by the content security policy"
            )
            assert not (element.tag == "script" and not element.get("src")), "inline script"
            assert element.tag != "style", "inline style sheet"
    return page


def _check_references(root: Element, ids: set[str]) -> None:
    labelled = {label.get("for") for label in root.iter("label")}
    for element in root.iter():
        for attribute in ("aria-describedby", "aria-labelledby"):
            for target in (element.get(attribute) or "").split():
                assert target in ids, f"{attribute} points to nothing: {target}"
        if element.tag in {"input", "select", "textarea"} and element.get("type") not in {"hidden", "submit"}:
            named = element.get("id") in labelled or element.get("aria-label")
            assert named, f"a field without a label: {element.get('name')}"
    missing = {target for target in labelled if target and target not in ids}
    assert not missing, f"labels of nothing: {sorted(missing)}"

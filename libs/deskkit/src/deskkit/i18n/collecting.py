"""Gathers the texts of a package into its catalogues: one beside each feature, one for what several share."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.pofile import read_po

from deskkit.i18n.catalogue import SHARED, catalogues_of, folder_of, load_catalogue
from deskkit.i18n.extraction import plurals_of, texts_of
from deskkit.labels import label_of

_HEAD = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"""


@dataclass(slots=True)
class Entry:
    """One text with its translation, and the files that use it."""

    text: str
    plural: str | None = None
    forms: tuple[str, ...] = ()
    files: set[str] = field(default_factory=set)

    def written(self) -> str:
        """Return it as a catalogue has it."""
        lines = [f"#: {file}" for file in sorted(self.files)]
        if "%(" in self.text or "%(" in (self.plural or ""):
            lines.append("#, python-format")
        lines.append(f"msgid {_quoted(self.text)}")
        if self.plural is None:
            lines.append(f"msgstr {_quoted(self.forms[0] if self.forms else '')}")
        else:
            lines.append(f"msgid_plural {_quoted(self.plural)}")
            forms = (*self.forms, "", "")[:2]
            lines += [f"msgstr[{number}] {_quoted(form)}" for number, form in enumerate(forms)]
        return "\n".join(lines)


def collected(package: str, language: str) -> dict[Path, str]:
    """Return what each catalogue of a package should contain, by path.

    A text that one folder uses is in that folder's catalogue, any other in the package's own. A text that
    nothing in the sources names may be put together while the program runs, as the words of a code are: it
    stays, beside the vocabulary that it belongs to.
    """
    root = folder_of(package)
    entries = _translated(package, language)
    plurals = plurals_of(package)
    shared = {} if package in SHARED else load_catalogue(language, SHARED).messages
    for text, used in texts_of(package).items():
        if text in shared and text not in entries:
            continue
        entry = entries.setdefault(text, Entry(text, plurals.get(text)))
        entry.files = {use.rpartition(":")[0] for use in used}
    words = _words_of_vocabularies(root)
    for text, entry in entries.items():
        if not entry.files:
            entry.files = words.get(text, set())
    by_path: dict[Path, list[Entry]] = {}
    for entry in entries.values():
        by_path.setdefault(_catalogue(root, entry.files, language), []).append(entry)
    return {path: _file(its, language) for path, its in by_path.items()}


def out_of_order(package: str, language: str) -> list[Path]:
    """Return the catalogues of a package that differ from what `collected` would write."""
    wanted = collected(package, language)
    standing = {path for path in catalogues_of(package, language) if path.is_file()}
    wrong = {path for path in standing | set(wanted) if wanted.get(path) != _read(path)}
    return sorted(wrong)


def collect(package: str, language: str) -> list[Path]:
    """Write the catalogues of a package; return those that changed."""
    wanted = collected(package, language)
    changed = out_of_order(package, language)
    for path in changed:
        if path in wanted:
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    return changed


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _translated(package: str, language: str) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for path in catalogues_of(package, language):
        if not path.is_file():
            continue
        with path.open("rb") as stream:
            for message in read_po(stream, locale=language, abort_invalid=True):
                if not message.id:
                    continue
                if isinstance(message.id, (tuple, list)):
                    found[message.id[0]] = Entry(message.id[0], message.id[1], tuple(message.string or ()))
                else:
                    found[message.id] = Entry(message.id, None, (str(message.string),))
    return found


def _catalogue(root: Path, files_of_text: Iterable[str], language: str) -> Path:
    folders = {Path(file).parts[0] if len(Path(file).parts) > 1 else "" for file in files_of_text}
    (only,) = folders if len(folders) == 1 else ("",)
    # A folder without code of its own (the templates that a whole package shares) has no catalogue.
    folder = root / only if only and (root / only / "__init__.py").is_file() else root
    return folder / f"{language}.po"


def _file(entries: Iterable[Entry], language: str) -> str:
    ordered = sorted(entries, key=lambda entry: entry.text)
    return "\n".join((_HEAD.format(language=language), *(f"{entry.written()}\n" for entry in ordered)))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _words_of_vocabularies(root: Path) -> Mapping[str, set[str]]:
    """Return the words that the desk shows for the codes of enumerations, with the files that define them."""
    found: dict[str, set[str]] = {}
    for path in sorted(root.rglob("*.py")):
        for code in _codes(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(label_of(code), set()).add(str(path.relative_to(root)))
    return found


def _codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef) or not any("Enum" in ast.unparse(base) for base in node.bases):
            continue
        for statement in node.body:
            value = getattr(statement, "value", None)
            if isinstance(statement, ast.Assign) and isinstance(value, ast.Constant):
                yield str(value.value)

"""Packages: zip files with a manifest, of which nothing is ever unpacked to a disk."""

import posixpath
import zlib
from io import BytesIO
from urllib.parse import unquote
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from questions.interchange.bounds import MAX_BYTES
from questions.interchange.qti.names import Version
from questions.interchange.remarks import Broken
from questions.interchange.trees import Tree, add, children, written

MANIFEST = "imsmanifest.xml"
MAX_FILES = 12_000
MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_TOTAL_BYTES = 100 * 1024 * 1024
# Plain text shrinks to a twentieth at best; what shrinks more was made to burst.
MAX_RATIO = 200
_SMALL = 65_536
_ENCRYPTED = 0x1


class Package:
    """An opened package: files by name, each read within bounds."""

    def __init__(self, data: bytes) -> None:
        """Raise Broken where a name leads out of the package, or its files are too large."""
        if len(data) > MAX_BYTES:
            raise Broken("", f"The file has {len(data)} bytes; {MAX_BYTES} are read at most.")
        try:
            self._zip = ZipFile(BytesIO(data))
            entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        except (BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError) as error:
            raise Broken("", f"This is no zip file that can be read: {error}.") from None
        _refuse_bombs(entries)
        self._entries: dict[str, ZipInfo] = {}
        for entry in entries:
            _refuse_name(entry)
            if entry.filename in self._entries:
                raise Broken(entry.filename, "The package holds two files of this name.")
            self._entries[entry.filename] = entry
        self._left = MAX_TOTAL_BYTES

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def read(self, name: str) -> bytes:
        """Return a file; raise Broken for one that is damaged, or larger than it says."""
        entry = self._entries[name]
        try:
            with self._zip.open(entry) as file:
                data = file.read(min(MAX_FILE_BYTES, self._left) + 1)
        except (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            raise Broken(name, f"The file can't be unpacked: {error}.") from None
        except NotImplementedError:
            raise Broken(name, "It is packed in a way that is not read: use deflate.") from None
        self._left -= len(data)
        if len(data) > MAX_FILE_BYTES or self._left < 0:
            raise Broken(name, "It unpacks to more than it may: the package is refused.")
        return data

    def beside(self, name: str, href: str) -> str | None:
        """Return the name that `href` means, as seen from the file `name`; None where none is."""
        found = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(href)))
        return found if found in self._entries else None


def _refuse_name(entry: ZipInfo) -> None:
    name = entry.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or "\\" in name or ":" in parts[0]:
        raise Broken(name, "Its name leads out of the package, which is refused.")
    if entry.flag_bits & _ENCRYPTED:
        raise Broken(name, "It is encrypted: a package is read without a password.")


def _refuse_bombs(entries: list[ZipInfo]) -> None:
    if len(entries) > MAX_FILES:
        raise Broken("", f"It holds {len(entries)} files; {MAX_FILES} are read at most.")
    total = 0
    for entry in entries:
        total += entry.file_size
        packed = entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
        if packed and entry.file_size > _SMALL:
            raise Broken(entry.filename, "It is packed so tightly that it was made to burst.")
        if total > MAX_TOTAL_BYTES:
            raise Broken(entry.filename, f"It unpacks to more than {MAX_TOTAL_BYTES} bytes.")


def items(package: Package) -> list[tuple[str, str, list[str]]]:
    """Return name, type and further files of each item that the manifest lists."""
    if MANIFEST not in package:
        raise Broken(MANIFEST, "The package has no manifest.")
    tree = Tree(package.read(MANIFEST), MANIFEST)
    found = []
    for resource in tree.root.iter():
        kind = resource.get("type", "")
        if resource.tag.rpartition("}")[2] != "resource" or not _is_item(kind):
            continue
        href = resource.get("href", "")
        name = package.beside(MANIFEST, href)
        if name is None:
            raise Broken(tree.at(resource), f"The package has no file {href!r}.")
        listed = (child.get("href", "") for child in children(resource, "file"))
        names = [package.beside(MANIFEST, each) for each in listed]
        found.append((name, kind, [each for each in names if each and each != name]))
    if not found:
        raise Broken(MANIFEST, "The manifest lists no items of QTI 2 or 3.")
    return found


def _is_item(kind: str) -> bool:
    return kind.startswith(("imsqti_item_xml", "imsqti_xmlv"))


def packed(
    version: Version, files: dict[str, bytes], resources: list[tuple[str, list[str]]]
) -> bytes:
    """Return a package of `files`, with a manifest of the items among them."""
    found = BytesIO()
    with ZipFile(found, "w", ZIP_DEFLATED) as package:
        for name, data in {MANIFEST: _manifest(version, resources), **files}.items():
            # The same questions give the same bytes, whenever they are written.
            package.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, ZIP_DEFLATED)
    return found.getvalue()


def _manifest(version: Version, resources: list[tuple[str, list[str]]]) -> bytes:
    root = ElementTree.Element("manifest", {"xmlns": version.packages, "identifier": "minima"})
    metadata = add(root, "metadata")
    add(metadata, "schema", version.schema)
    add(metadata, "schemaversion", version.schemaversion)
    add(root, "organizations")
    listed = add(root, "resources")
    for identifier, names in resources:
        place = {"identifier": identifier, "type": version.resource, "href": names[0]}
        resource = add(listed, "resource", **place)
        for name in names:
            add(resource, "file", href=name)
    return written(root)

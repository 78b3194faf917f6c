"""Small items and packages, as other programs would write them."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

PACKAGING = "http://www.imsglobal.org/xsd/imscp_v1p1"
ITEMS = "http://www.imsglobal.org/xsd/imsqti_v2p2"


def item(inside, name="one"):
    """The name of an item, and its file."""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><assessmentItem xmlns="{ITEMS}" '
        f'identifier="{name}" title="{name}" adaptive="false" timeDependent="false">{inside}'
        "</assessmentItem>"
    )
    return name, text.encode()


def manifest(*resources):
    listed = "".join(
        f'<resource identifier="r{n}" type="{kind}" href="{href}"><file href="{href}"/></resource>'
        for n, (href, kind) in enumerate(resources)
    )
    return (
        f'<manifest xmlns="{PACKAGING}" identifier="m"><resources>{listed}</resources></manifest>'
    ).encode()


def zipped(*items, files=None):
    """A package of items, or of just the `files` that are named."""
    if files is None:
        listed = [(f"items/{name}.xml", "imsqti_item_xmlv2p2") for name, _ in items]
        own = {f"items/{name}.xml": data for name, data in items}
        files = {"imsmanifest.xml": manifest(*listed), **own}
    found = BytesIO()
    with ZipFile(found, "w", ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return found.getvalue()

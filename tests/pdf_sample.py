"""A writer of small PDF files: lines of Helvetica at given places, one content stream a page."""

from __future__ import annotations

Placed = tuple[float, float, float, str]
"""x and y of a line (points, from the lower left corner), font size, text."""
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 1 0 R >> >> >>"
)
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def pdf(*pages: list[Placed], title: str | None = None) -> bytes:
    """A PDF file with one page for each list of lines; `title` goes into the metadata."""
    objects = [FONT, b""]
    kids = []
    for page in pages:
        stream = b"\n".join(map(_shown, page))
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
        objects.append(PAGE % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(kids), b" ".join(kids))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    trailer = b"/Size %d /Root %d 0 R" % (len(objects) + 1, len(objects))
    if title is not None:
        objects.append(b"<< /Title (%b) >>" % _escaped(title))
        trailer += b" /Info %d 0 R" % len(objects)
    return _file(objects, trailer)


def lines(*texts: str, top: float = 640, size: float = 11, leading: float = 14, x: float = 72) -> list[Placed]:
    """Lines one below the other; an empty text is a gap."""
    return [(x, top - leading * number, size, text) for number, text in enumerate(texts) if text]


def _shown(placed: Placed) -> bytes:
    x, y, size, text = placed
    return b"BT /F1 %g Tf %g %g Td (%b) Tj ET" % (size, x, y, _escaped(text))


def _escaped(text: str) -> bytes:
    data = text.encode("cp1252")
    return data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _file(objects: list[bytes], trailer: bytes) -> bytes:
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return b"%b%b%btrailer\n<< %b >>\nstartxref\n%d\n%%%%EOF\n" % (data, head, table, trailer, len(data))

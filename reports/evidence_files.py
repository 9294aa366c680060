"""Evidence as bytes: which files are taken, how they are kept, and how a photo is rebuilt. Knows no rows.

What a browser says of a file, its name and its ending decide nothing: its bytes alone do (R8, R16). It
is sealed with FIELD_KEYS while it is received and lies under a random key; the original is never read again but by the
checker and by whoever may fetch it. What people are shown is a copy made from the pixels alone, in a child process.
"""

import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.utils.module_loading import import_string

from campion.sealed import Unreadable, keyring

JPEG, PNG, WEBP, HEIC, PDF = "image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf"
PHOTOS = frozenset({JPEG, PNG, WEBP, HEIC})
ENDINGS = {JPEG: ".jpg", PNG: ".png", WEBP: ".webp", HEIC: ".heic", PDF: ".pdf"}

ORIGINAL, SAFE, THUMBNAIL = "original", "safe", "thumbnail"
ORPHAN_AFTER = timedelta(days=7)
"""A file that no row names is removed after this, never sooner (R8)."""

_CHUNK = 1024 * 1024
_CHILD = Path(__file__).with_name("photo_child.py")
_CHILD_SECONDS = 60
_NAME = 120

SENTENCES = {
    "empty": "{name} is empty. Choose it again, or take the photo again.",
    "too-large": "{name} is larger than {limit}. Send a smaller copy, or a part of it.",
    "unknown": "{name} is not a photo or PDF that can be kept. Send it as JPEG, PNG, WebP, HEIC or PDF.",
    "damaged": "{name} is damaged or cut short. Send it again, or save it as JPEG first.",
    "too-many-pixels": "{name} has more than {pixels} megapixels. Send a smaller copy.",
    "more-than-one-frame": "{name} moves: it has more than one picture. Send one still picture.",
    "too-heavy": "{name} takes too much memory or time to open. Save it as JPEG and send that.",
    "no-room": "{name} could not be kept: there is no room at the moment. Try again in a few minutes.",
    "scanner": "{name} was refused by the virus scanner. Tell your information security team.",
    "missing": "{name} could not be read back. Send it again.",
}
"""Why a file was refused, by code. The code is kept on the row; the words are made where they are shown."""


class Unfit(Exception):
    """A file that cannot be taken: `code` is a key of SENTENCES."""

    def __init__(self, code):
        self.code = code
        super().__init__(code)


class ScannerSilent(Exception):
    """The virus scanner gave no answer: the file stays unchecked, is served to nobody, and is tried again."""


def sentence(code, name) -> str:
    """Say why a file was refused, in words for the person who sent it."""
    words = SENTENCES.get(code, SENTENCES["damaged"])
    limit = f"{settings.EVIDENCE_FILE_BYTES // 1024 // 1024} MB"
    return words.format(name=f"“{name}”", limit=limit, pixels=settings.EVIDENCE_PIXELS // 1_000_000)


# Names ---------------------------------------------------------------------------------------------------------------


def clean_name(name) -> str:
    """Give a file's name as it may be shown: without folders, control and direction characters, 120 letters at most.

    It is never used as a path.
    """
    last = re.split(r"[\\/]", str(name))[-1]
    plain = unicodedata.normalize("NFC", last.encode("utf-8", "ignore").decode())
    shown = "".join(letter for letter in plain if unicodedata.category(letter)[0] != "C")
    shown = re.sub(r"\s+", " ", shown).strip(" .-") or "file"
    if len(shown) <= _NAME:
        return shown
    stem, dot, ending = shown.rpartition(".")
    if not dot or len(ending) > 8:
        return shown[:_NAME]
    return f"{stem[: _NAME - len(ending) - 1]}.{ending}"


def download_name(name, content_type) -> str:
    """Give the name that a download gets: the cleaned one, with the ending that fits what is inside."""
    stem = clean_name(name)
    head, dot, ending = stem.rpartition(".")
    if dot and head and len(ending) <= 5:
        stem = head
    return stem + ENDINGS.get(content_type, "")


# What a file is ------------------------------------------------------------------------------------------------------

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}


def recognise(head) -> str:
    """Give the media type of a file from its first bytes.

    :param head: the first 64 bytes or more
    :raises Unfit: if it is none of those that are taken
    """
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    if head.startswith(b"%PDF-"):
        return PDF
    raise Unfit("unknown")


def refuse_at_sight(file, content_type):
    """Refuse what the file's own header says is too large to open, or moves. Reads the header and decodes nothing.

    :param file: open for reading bytes; its place is moved
    :raises Unfit: for more pixels than allowed, an animation, or a header that is no header
    """
    reader = {JPEG: _jpeg_pixels, PNG: _png_pixels, WEBP: _webp_pixels}.get(content_type)
    if reader is None:
        return
    file.seek(0)
    try:
        pixels = reader(file)
    except (struct.error, IndexError):
        raise Unfit("damaged") from None
    if pixels > settings.EVIDENCE_PIXELS:
        raise Unfit("too-many-pixels")
    if pixels <= 0:
        raise Unfit("damaged")


def _png_pixels(file):
    head = file.read(33)
    if head[12:16] != b"IHDR":
        raise Unfit("damaged")
    width, height = struct.unpack(">II", head[16:24])
    return width * height


def _jpeg_pixels(file):
    file.seek(2)
    for _ in range(1000):  # more segments than any camera writes: an endless row of markers is no photo
        marker = file.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            raise Unfit("damaged")
        if marker[1] == 0xFF:  # filling
            file.seek(-1, os.SEEK_CUR)
            continue
        if marker[1] in (0x01, *range(0xD0, 0xD8)):
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if 0xC0 <= marker[1] <= 0xCF and marker[1] not in (0xC4, 0xC8, 0xCC):
            _, height, width = struct.unpack(">BHH", file.read(5))
            return width * height
        if marker[1] in (0xD9, 0xDA) or length < 2:
            raise Unfit("damaged")
        file.seek(length - 2, os.SEEK_CUR)
    raise Unfit("damaged")


def _webp_pixels(file):
    head = file.read(30)
    if head[12:16] == b"VP8X":
        if head[20] & 0x02:
            raise Unfit("more-than-one-frame")
        return (1 + int.from_bytes(head[24:27], "little")) * (1 + int.from_bytes(head[27:30], "little"))
    if head[12:16] == b"VP8L":
        (bits,) = struct.unpack("<I", head[21:25])
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    if head[12:16] == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return (width & 0x3FFF) * (height & 0x3FFF)
    raise Unfit("damaged")


# Keeping -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Received:
    """A file that lies sealed in quarantine: its key, its length in bytes, its hash and what it is."""

    key: uuid.UUID
    size: int
    sha256: str
    content_type: str


def receive(upload) -> Received:
    """Take one uploaded file: look at its first bytes, then seal it to disk piece by piece with a running hash.

    The file is on disk for good (fsync) when this returns, so that a row which names it never stands without it. If
    anything fails, nothing is left behind.

    :param upload: a Django UploadedFile
    :raises Unfit: if it is empty, too large, not of a kind that is taken, too many pixels, or there is no room
    """
    if not upload.size:
        raise Unfit("empty")
    if upload.size > settings.EVIDENCE_FILE_BYTES or getattr(upload, "too_large", False):
        raise Unfit("too-large")
    upload.seek(0)
    content_type = recognise(upload.read(64))
    refuse_at_sight(upload, content_type)
    upload.seek(0)
    digest, size, key = hashlib.sha256(), 0, uuid.uuid4()

    def pieces():
        nonlocal size
        while piece := upload.read(_CHUNK):
            size += len(piece)
            if size > settings.EVIDENCE_FILE_BYTES:
                raise Unfit("too-large")
            digest.update(piece)
            yield piece

    try:
        _write(key, ORIGINAL, pieces())
    except OSError as full:
        raise Unfit("no-room") from full
    return Received(key=key, size=size, sha256=digest.hexdigest(), content_type=content_type)


def keep(key, part, body: bytes):
    """Seal bytes to disk as one part of a file: SAFE or THUMBNAIL. Replaces what was there."""
    discard(key, part)
    _write(key, part, (body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)))


def pieces_of(key, part) -> Iterator[bytes]:
    """Give a kept file piece by piece, opened.

    :raises FileNotFoundError: if it is not there
    :raises Unreadable: if no key opens it, or a piece is missing, moved or from another file
    """
    ring, number, ended = keyring(), 0, False
    with _path(key, part).open("rb") as file:
        for token in file:
            try:
                plain = ring.decrypt(token.rstrip(b"\n"))
            except InvalidToken as broken:
                raise Unreadable(f"evidence {key} is sealed with a key that is not here, or was altered") from broken
            if ended or plain[:21] not in (_mark(key, number, False), _mark(key, number, True)):
                raise Unreadable(f"evidence {key} was altered")
            ended, number = plain[20] == 1, number + 1
            yield plain[21:]
    if not ended:
        raise Unreadable(f"evidence {key} was cut short")


def discard(key, *parts):
    """Remove parts of a file from disk; all of them if none is named. A part that is not there is no fault."""
    for part in parts or (ORIGINAL, SAFE, THUMBNAIL):
        _path(key, part).unlink(missing_ok=True)


def keys_older_than(moment: datetime) -> Iterator[uuid.UUID]:
    """Give the keys of files that were last written before a moment."""
    found = set()
    for path in _folder().glob("??/*"):
        stem = path.name.partition(".")[0]
        try:
            if path.stat().st_mtime < moment.timestamp() and stem not in found:
                found.add(stem)
                yield uuid.UUID(hex=stem)
        except (ValueError, FileNotFoundError):
            continue  # not ours, or gone meanwhile


def _folder():
    return Path(settings.FILES) / "evidence"


def _path(key, part):
    # Of the key alone, which we made: no name from outside has a part in it.
    return _folder() / key.hex[:2] / f"{key.hex}.{part}"


def _mark(key, number, last):
    return key.bytes + struct.pack(">I?", number, last)


def _write(key, part, pieces):
    path, ring = _path(key, part), keyring()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            number, waiting = 0, next(pieces, b"")
            while True:
                after = next(pieces, None)
                file.write(ring.encrypt(_mark(key, number, after is None) + waiting) + b"\n")
                if after is None:
                    break
                number, waiting = number + 1, after
            file.flush()
            os.fsync(file.fileno())
        for folder in (path.parent, path.parent.parent):
            _sync_folder(folder)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _sync_folder(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# Checking ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rebuilt:
    """A photo made from pixels alone, and a small picture of it (JPEG)."""

    content_type: str
    body: bytes
    thumbnail: bytes


def original_of(key, sha256) -> bytes:
    """Give the whole original, if it is still what was received.

    :raises Unfit: "missing" if it is not there or not the same
    """
    try:
        body = b"".join(pieces_of(key, ORIGINAL))
    except FileNotFoundError:
        raise Unfit("missing") from None
    if hashlib.sha256(body).hexdigest() != sha256:
        raise Unfit("missing")
    return body


def scan(body: bytes):
    """Have the virus scanner look at a file, if one is set (EVIDENCE_SCANNER; none by default).

    The setting names a function that takes the bytes and gives the name of what it found, or an empty text. It fails
    closed: a scanner that cannot be loaded, or fails, leaves the file unchecked and served to nobody.

    :raises Unfit: "scanner" if it found something
    :raises ScannerSilent: if it gave no answer
    """
    if not settings.EVIDENCE_SCANNER:
        return
    try:
        found = import_string(settings.EVIDENCE_SCANNER)(body)
    except Exception as silent:
        raise ScannerSilent(type(silent).__name__) from silent
    if not isinstance(found, str):
        raise ScannerSilent("no answer")
    if found:
        raise Unfit("scanner")


def rebuild(body: bytes, content_type) -> Rebuilt:
    """Make a photo anew from its pixels in a child process with little memory, little time and no secrets.

    :raises Unfit: if the photo cannot be opened within those limits
    """
    command = [sys.executable, "-I", str(_CHILD), content_type, str(settings.EVIDENCE_PIXELS)]
    try:
        child = subprocess.run(  # noqa: S603 - our own script, and the type comes from `recognise`
            command,
            input=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_CHILD_SECONDS,
            env={"LANG": "C.UTF-8"},  # the keys of the service are in its environment, and not in the child's
            cwd="/",
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unfit("too-heavy") from None
    head, _, rest = child.stdout.partition(b"\n")
    try:
        answer = json.loads(head)
    except ValueError:
        raise Unfit("damaged" if child.returncode >= 0 else "too-heavy") from None
    if child.returncode or "fault" in answer:
        raise Unfit(answer.get("fault") if answer.get("fault") in SENTENCES else "damaged")
    length = answer["length"]
    return Rebuilt(content_type=answer["type"], body=rest[:length], thumbnail=rest[length:])

"""Files as bytes: what is taken, what is refused, and what is left of a photo that is made anew."""

import io
import os
import struct
import uuid
import zlib
from datetime import UTC, datetime, timedelta

import pillow_heif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from campion.sealed import Unreadable
from reports import evidence_files as files
from reports.evidence_files import HEIC, JPEG, ORIGINAL, PDF, PNG, SAFE, WEBP, Unfit

PAYLOAD = b"<html><script>alert('campion')</script></html>PK\x03\x04"
GPS = b"campion-gps-marker"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.FILES = tmp_path


def picture(size=(64, 48), mode="RGB"):
    """A picture with a bright top-left corner, so that turning it shows."""
    image = Image.new("RGB", size, (20, 40, 160))
    image.paste((255, 255, 255), (0, 0, size[0] // 4, size[1] // 4))
    return image.convert(mode)


def encoded(image, kind, **options):
    pillow_heif.register_heif_opener()
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def camera_data(orientation=1):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = GPS.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 11.0, 31.0), 3: "W", 4: (2.0, 13.0, 10.0)})
    return exif


def huge_png(width, height):
    """A small file that says it holds width times height pixels, and does."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress(b"\0" * ((width // 8 + 1) * height), 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def take(body, name="photo.jpg", content_type="image/jpeg"):
    return files.receive(SimpleUploadedFile(name, body, content_type))


def nothing_is_left(folder):
    return not [path for path in folder.rglob("*") if path.is_file()]


REFUSED = {
    "zero bytes": (b"", "empty"),
    "one byte": (b"\xff", "unknown"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "unknown"),
    "HTML": (b"<!doctype html><script>alert(1)</script>", "unknown"),
    "GIF": (encoded(picture(), "GIF"), "unknown"),
    "moving GIF": (
        encoded(picture(), "GIF", save_all=True, append_images=[picture((64, 48)).rotate(90)]),
        "unknown",
    ),
    "moving WebP": (
        encoded(picture(), "WEBP", save_all=True, append_images=[picture().rotate(180)]),
        "more-than-one-frame",
    ),
    "PNG head and HTML body": (b"\x89PNG\r\n\x1a\n" + PAYLOAD, "damaged"),
    "JPEG head and HTML body": (b"\xff\xd8\xff" + PAYLOAD, "damaged"),
    "endless JPEG markers": (b"\xff\xd8" + b"\xff\xe0\x00\x02" * 5000, "damaged"),
    "200 megapixels": (huge_png(20_000, 10_000), "too-many-pixels"),
    "a strip of a billion pixels": (huge_png(1_000_000_000, 1)[:64], "too-many-pixels"),
    "ZIP": (b"PK\x03\x04" + b"\0" * 100, "unknown"),
    "EICAR": (rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "unknown"),
    "HEIC of another brand": (b"\0\0\0\x18ftypavif" + b"\0" * 60, "unknown"),
}


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_at_sight_leaves_nothing(body, code, settings):
    with pytest.raises(Unfit, match=f"^{code}$"):
        take(body)
    assert nothing_is_left(settings.FILES)
    assert "photo.jpg" in files.sentence(code, "photo.jpg")


def test_a_byte_over_the_limit_is_refused_and_the_limit_itself_is_taken(settings):
    settings.EVIDENCE_FILE_BYTES = 5000
    body = encoded(picture(), "JPEG")
    body += b"\0" * (5000 - len(body))
    assert take(body).size == 5000
    with pytest.raises(Unfit, match="too-large"):
        take(body + b"\0")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("JPEG", JPEG), ("PNG", PNG), ("WEBP", WEBP), ("HEIF", HEIC)],
)
def test_the_content_decides_and_not_the_name_or_the_type_that_the_browser_says(kind, expected):
    received = take(encoded(picture(), kind), name="invoice.exe", content_type="text/html")
    assert received.content_type == expected


def test_a_pdf_is_taken_and_not_rebuilt():
    assert take(b"%PDF-1.7\n%%EOF").content_type == PDF


def test_what_is_kept_is_sealed_and_comes_back_whole(settings):
    body = encoded(picture((1200, 900)), "PNG") + os.urandom(2_500_000)
    received = take(body)
    assert files.original_of(received.key, received.sha256) == body
    (path,) = [path for path in settings.FILES.rglob("*") if path.is_file()]
    assert path.read_bytes()[:2] != body[:2] and b"PNG" not in path.read_bytes()[:100]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_kept_file_that_was_altered_cut_or_swapped_is_not_opened(settings):
    key = uuid.uuid4()
    files.keep(key, SAFE, os.urandom(2_500_000))
    (path,) = [path for path in settings.FILES.rglob("*") if path.is_file()]
    first, second, third = path.read_bytes().splitlines(keepends=True)
    for altered in (first + second, second + first + third, first + third, third, first + second + third + third):
        path.write_bytes(altered)
        with pytest.raises(Unreadable):
            list(files.pieces_of(key, SAFE))
    other = uuid.uuid4()
    files.keep(other, SAFE, b"another's")
    path.write_bytes(files._path(other, SAFE).read_bytes())
    with pytest.raises(Unreadable):
        list(files.pieces_of(key, SAFE))


def test_an_upload_that_fails_half_way_leaves_nothing(settings):
    class Cut(SimpleUploadedFile):
        def read(self, length=-1):
            if self.tell() > 1_000_000:
                raise ConnectionError("cut")
            return super().read(length)

    with pytest.raises(Unfit, match="no-room"):  # a ConnectionError is an OSError: said so, and nothing kept
        files.receive(Cut("photo.jpg", encoded(picture(), "JPEG") + b"\0" * 5_000_000))
    assert nothing_is_left(settings.FILES)


def test_a_lost_or_changed_original_is_missing(settings):
    received = take(encoded(picture(), "JPEG"))
    with pytest.raises(Unfit, match="missing"):
        files.original_of(received.key, "0" * 64)
    files.discard(received.key)
    with pytest.raises(Unfit, match="missing"):
        files.original_of(received.key, received.sha256)


# Rebuilding ----------------------------------------------------------------------------------------------------------


def test_a_polyglot_with_a_place_leaves_pixels_alone():
    body = encoded(picture(), "JPEG", exif=camera_data(), comment=GPS, quality=95) + PAYLOAD
    assert GPS in body and b"Exif" in body
    rebuilt = files.rebuild(body, JPEG)
    for made in (rebuilt.body, rebuilt.thumbnail):
        assert not any(mark in made for mark in (GPS, b"Exif", b"script", b"PK\x03\x04", b"http://ns.adobe.com"))
        with Image.open(io.BytesIO(made)) as image:
            assert image.format == "JPEG" and not image.getexif() and "icc_profile" not in image.info


def test_the_orientation_is_applied_before_it_is_removed():
    rebuilt = files.rebuild(encoded(picture((64, 48)), "JPEG", exif=camera_data(orientation=6)), JPEG)
    with Image.open(io.BytesIO(rebuilt.body)) as image:
        assert image.size == (48, 64)
        assert image.getpixel((44, 4))[0] > 200 > image.getpixel((4, 4))[0]  # the bright corner is top right now


def test_text_and_profile_of_a_png_are_left_behind():
    from PIL import ImageCms, PngImagePlugin

    text = PngImagePlugin.PngInfo()
    text.add_text("Location", GPS.decode())
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    body = encoded(picture(), "PNG", pnginfo=text, icc_profile=profile) + PAYLOAD
    rebuilt = files.rebuild(body, PNG)
    assert rebuilt.content_type == PNG
    assert not any(mark in rebuilt.body for mark in (GPS, b"iCCP", b"tEXt", b"script"))


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (encoded(picture(), "HEIF", exif=camera_data()), HEIC, JPEG),
        (encoded(picture(mode="CMYK"), "JPEG"), JPEG, JPEG),
        (encoded(Image.new("I;16", (40, 30), 40_000), "PNG"), PNG, PNG),
        (encoded(Image.new("RGBA", (40, 30), (200, 0, 0, 90)), "WEBP"), WEBP, PNG),
        (encoded(picture(mode="P"), "PNG"), PNG, PNG),
    ],
    ids=["HEIC", "CMYK", "16 bits", "WebP with transparency", "palette"],
)
def test_photos_of_every_sort_become_plain_ones(body, content_type, expected):
    rebuilt = files.rebuild(body, content_type)
    assert rebuilt.content_type == expected
    with Image.open(io.BytesIO(rebuilt.body)) as image:
        image.load()
        assert image.mode in ("RGB", "L", "RGBA") and not dict(image.getexif())
    assert GPS not in rebuilt.body


def test_a_second_picture_behind_the_first_of_a_jpeg_is_left_behind():
    body = encoded(picture(), "MPO", save_all=True, append_images=[picture((32, 32))])
    rebuilt = files.rebuild(body, JPEG)
    with Image.open(io.BytesIO(rebuilt.body)) as image:
        assert image.size == (64, 48) and getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (encoded(picture((400, 300)), "JPEG")[:1500], JPEG, "damaged"),
        (encoded(picture(), "PNG")[:80], PNG, "damaged"),
        (encoded(picture(), "HEIF")[:300], HEIC, "damaged"),
        (b"", JPEG, "damaged"),
        (PAYLOAD, WEBP, "damaged"),
        (huge_png(20_000, 10_000), PNG, "too-many-pixels"),
        (encoded(picture(), "PNG", save_all=True, append_images=[picture().rotate(90)]), PNG, "more-than-one-frame"),
    ],
    ids=["cut JPEG", "cut PNG", "cut HEIC", "nothing", "HTML", "200 megapixels", "moving PNG"],
)
def test_what_cannot_be_opened_is_refused_by_the_child(body, content_type, code):
    with pytest.raises(Unfit, match=f"^{code}$"):
        files.rebuild(body, content_type)


def test_the_child_has_no_secrets_and_little_memory(monkeypatch):
    asked = {}
    run = files.subprocess.run

    def watched(command, **options):
        asked.update(options, command=command)
        return run(command, **options)

    monkeypatch.setattr(files.subprocess, "run", watched)
    files.rebuild(encoded(picture(), "JPEG"), JPEG)
    assert asked["env"] == {"LANG": "C.UTF-8"} and asked["command"][1] == "-I" and asked["timeout"] <= 60
    assert "RLIMIT_AS" in files._CHILD.read_text()


def test_a_child_that_takes_too_long_is_ended(monkeypatch, tmp_path):
    sleeper = tmp_path / "child.py"
    sleeper.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(files, "_CHILD", sleeper)
    monkeypatch.setattr(files, "_CHILD_SECONDS", 0.5)
    with pytest.raises(Unfit, match="too-heavy"):
        files.rebuild(encoded(picture(), "JPEG"), JPEG)


# Names, orphans, scanner ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\x\\CON", "CON"),
        (".htaccess", "htaccess"),
        ("-rf.jpg", "rf.jpg"),
        ("photo\0.jpg", "photo.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ('a"b\r\nSet-Cookie: x.jpg', 'a"bSet-Cookie: x.jpg'),
        ("bruise 😀.heic", "bruise 😀.heic"),
        ("half \ud83d.jpg", "half .jpg"),
        ("", "file"),
        ("..", "file"),
        ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
        ("x" * 300, "x" * 120),
    ],
)
def test_a_name_is_cleaned_and_is_no_path(name, shown):
    assert files.clean_name(name) == shown


def test_a_download_is_named_by_what_is_inside():
    assert files.download_name("bruise.heic", JPEG) == "bruise.jpg"
    assert files.download_name("page.html", PDF) == "page.pdf"
    assert files.download_name("no ending", PNG) == "no ending.png"


def test_orphans_are_found_by_age_alone(settings):
    young, old = uuid.uuid4(), uuid.uuid4()
    for key in (young, old):
        files.keep(key, ORIGINAL, b"x")
    (settings.FILES / "evidence" / "zz").mkdir()
    (settings.FILES / "evidence" / "zz" / "not ours").write_text("")
    path = files._path(old, ORIGINAL)
    week_ago = (datetime.now(UTC) - timedelta(days=8)).timestamp()
    os.utime(path, (week_ago, week_ago))
    assert list(files.keys_older_than(datetime.now(UTC) - files.ORPHAN_AFTER)) == [old]


def clean_scanner(body):
    return ""


def strict_scanner(body):
    return "EICAR" if b"EICAR" in body else ""


def broken_scanner(body):
    raise TimeoutError


def silent_scanner(body):
    return None


def test_no_scanner_is_asked_unless_one_is_set():
    files.scan(b"EICAR")


def test_a_scanner_that_finds_something_refuses(settings):
    settings.EVIDENCE_SCANNER = f"{__name__}.strict_scanner"
    files.scan(b"a photo")
    with pytest.raises(Unfit, match="scanner"):
        files.scan(b"...EICAR...")


@pytest.mark.parametrize("scanner", ["broken_scanner", "silent_scanner", "no_such_scanner"])
def test_a_scanner_that_gives_no_answer_fails_closed(settings, scanner):
    settings.EVIDENCE_SCANNER = f"{__name__}.{scanner}"
    with pytest.raises(files.ScannerSilent):
        files.scan(b"a photo")

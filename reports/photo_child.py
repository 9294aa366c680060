"""The child process that opens a photo from outside: run by `evidence_files.rebuild`, never imported.

Takes the original on standard input and gives one line of JSON and then the bytes: the photo made anew from its pixels
(no EXIF, GPS, XMP, profile, thumbnail, comment or trailing bytes come along), and a small one. Whatever goes wrong in
a decoder ends here, under limits of memory, time and files.
"""

import contextlib
import io
import json
import resource
import sys

MEMORY = 1536 * 1024 * 1024
SECONDS = 45
THUMBNAIL = (320, 320)
LARGEST_PNG = 20 * 1024 * 1024
LARGEST_PROFILE = 4 * 1024 * 1024


class Fault(Exception):
    """Why the photo cannot be made anew, as a code."""


def main(content_type, most_pixels):
    """Read, open, turn upright, make anew, write."""
    body = sys.stdin.buffer.read()
    with _opened(body, content_type) as photo:
        if photo.width * photo.height > most_pixels:
            raise Fault("too-many-pixels")
        if content_type != "image/jpeg" and getattr(photo, "n_frames", 1) > 1:
            raise Fault("more-than-one-frame")
        clean = _pixels(photo)
    kind, safe = _saved(clean, as_png=content_type == "image/png" or clean.mode == "RGBA")
    small = _on_white(clean)
    small.thumbnail(THUMBNAIL)
    thumbnail = _jpeg(small, quality=80)
    out = sys.stdout.buffer
    out.write(json.dumps({"type": kind, "length": len(safe)}).encode() + b"\n")
    out.write(safe)
    out.write(thumbnail)
    out.flush()


def _opened(body, content_type):
    file = io.BytesIO(body)
    if content_type == "image/jpeg":
        # Not Image.open: telephones put a second picture (depth, brightness) behind the first, which is the photo.
        return JpegImagePlugin.JpegImageFile(file)
    if content_type == "image/heic":
        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener(thumbnails=False)
        return Image.open(file, formats=["HEIF"])
    return Image.open(file, formats=[{"image/png": "PNG", "image/webp": "WEBP"}[content_type]])


def _pixels(photo):
    """Turn the photo upright, bring its colours to sRGB, and give its bare pixels: RGB, L or RGBA."""
    profile = photo.info.get("icc_profile")
    upright = ImageOps.exif_transpose(photo)
    upright.load()
    if upright.mode.startswith("I"):  # 16 bits of grey
        upright = upright.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if upright.mode == "P":
        upright = upright.convert("RGBA" if "transparency" in upright.info else "RGB")
    if profile and len(profile) <= LARGEST_PROFILE and upright.mode in ("RGB", "CMYK", "L"):
        # Without this a bruise changes its colour when the profile goes. A broken profile is left aside.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            upright = ImageCms.profileToProfile(
                upright, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
    if upright.mode in ("LA", "PA", "RGBa", "La"):
        upright = upright.convert("RGBA")
    if upright.mode not in ("RGB", "L", "RGBA"):
        upright = upright.convert("RGB")
    return Image.frombytes(upright.mode, upright.size, upright.tobytes())


def _saved(clean, *, as_png):
    if as_png:
        file = io.BytesIO()
        clean.save(file, "PNG")
        if file.tell() <= LARGEST_PNG:
            return "image/png", file.getvalue()
    return "image/jpeg", _jpeg(_on_white(clean), quality=92)


def _on_white(clean):
    if clean.mode != "RGBA":
        return clean.copy()
    white = Image.new("RGB", clean.size, "white")
    white.paste(clean, mask=clean.getchannel("A"))
    return white


def _jpeg(picture, *, quality):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


def _answer(code):
    sys.stdout.write(json.dumps({"fault": code}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    import pillow_heif
    from PIL import Image, ImageCms, ImageOps, JpegImagePlugin

    Image.MAX_IMAGE_PIXELS = None  # counted here, and before anything is decoded
    try:
        main(sys.argv[1], int(sys.argv[2]))
    except Fault as fault:
        _answer(str(fault))
    except MemoryError:
        _answer("too-heavy")
    except Exception:  # a decoder that fails on a broken file may raise anything
        _answer("damaged")

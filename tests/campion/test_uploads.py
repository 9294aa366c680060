"""How files arrive: no more of one than may be kept, and no endless row of them."""

import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import StopUpload
from django.test import RequestFactory

from campion.uploads import LimitedUpload


def arrive(*files):
    request = RequestFactory().post("/", {"files": list(files), "words": "stay"})
    request.upload_handlers = [LimitedUpload(request)]
    return request


def test_of_a_file_over_the_limit_nothing_is_written_and_the_rest_arrives(settings):
    settings.EVIDENCE_FILE_BYTES = 1000
    request = arrive(SimpleUploadedFile("large.jpg", b"x" * 30_000), SimpleUploadedFile("small.jpg", b"y" * 1000))
    large, small = request.FILES.getlist("files")
    assert large.too_large and large.size == 30_000 and large.read() == b""
    assert not small.too_large and small.read() == b"y" * 1000
    assert request.POST["words"] == "stay"
    request.close()


def test_files_are_on_disk_for_their_owner_alone():
    (photo,) = arrive(SimpleUploadedFile("photo.jpg", b"x")).FILES.getlist("files")
    path = photo.temporary_file_path()
    assert os.stat(path).st_mode & 0o077 == 0
    photo.close()
    assert not os.path.exists(path)


def test_a_request_without_end_is_cut(settings):
    settings.EVIDENCE_FILE_BYTES, settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1000, 2
    handler = LimitedUpload(None)
    handler.new_file("files", "endless.jpg", "image/jpeg", None, None, None)
    for start in range(0, 3000, 1000):
        handler.receive_data_chunk(b"x" * 1000, start)
    with pytest.raises(StopUpload):
        handler.receive_data_chunk(b"x", 3000)
    path = handler.file.temporary_file_path()
    handler.upload_interrupted()
    assert not os.path.exists(path)

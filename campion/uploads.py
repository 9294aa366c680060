"""How files arrive: to a private temporary file, and no more of one than may be kept (R16)."""

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler


class LimitedUpload(TemporaryFileUploadHandler):
    """Keeps each file to its limit: of a larger one nothing is written, and it arrives empty and marked `too_large`.

    So the other files and answers of the same form are still read, and the person is told which file it was. A request
    far beyond what one page may send is cut.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.received = 0

    def new_file(self, *args, **kwargs):
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.file.too_large = False

    def receive_data_chunk(self, raw_data, start):
        """Write a piece, unless the file has become too large."""
        self.received += len(raw_data)
        if self.received > settings.EVIDENCE_FILE_BYTES * (settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1):
            raise StopUpload(connection_reset=True)
        if start + len(raw_data) <= settings.EVIDENCE_FILE_BYTES:
            self.file.write(raw_data)
        elif not self.file.too_large:
            self.file.too_large = True
            self.file.seek(0)
            self.file.truncate()

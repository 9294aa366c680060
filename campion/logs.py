"""Logs: one line an event, encoded so that no text can forge another line, and nothing that anybody typed."""

import json
import logging
from datetime import UTC, datetime

from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from campion import audit


class OneLine(logging.Formatter):
    """A record as one line of JSON: time, level, logger, request number, message, and where an exception arose."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "request": audit.origin.get().request_id,
            "says": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            frames = self.formatException((record.exc_info[0], None, record.exc_info[2])).splitlines()
            line["raised"] = record.exc_info[0].__name__  # the message of an exception may quote what was typed
            line["at_lines"] = [frame.strip() for frame in frames if frame.lstrip().startswith("File ")][-8:]
        return json.dumps(line, ensure_ascii=True)


class NoLocals(ExceptionReporter):
    """An error report without the values of variables: they may be what a person typed."""

    def get_traceback_frame_variables(self, request, tb_frame):
        return []

    filter_class = SafeExceptionReporterFilter

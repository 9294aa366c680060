"""The pages for when something is wrong. Each says what was kept, and what to do."""

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template import TemplateDoesNotExist, loader


@dataclass(frozen=True)
class Problem:
    """What to say for one status.

    :ivar link: the words of a link to where one goes on from here, if there is such a place
    :ivar href: the address of it
    """

    title: str
    kept: str
    do: str
    link: str = ""
    href: str = ""


PROBLEMS = {
    400: Problem(
        "We could not read that request",
        "Nothing was changed, and what you saved before is still there.",
        "Go back, check what you entered and send it again. If you followed a link, it may have been cut short.",
    ),
    403: Problem(
        "You cannot do that here",
        "Nothing was changed.",
        "If you should be able to, ask your supervisor or your force’s administrator.",
    ),
    404: Problem(
        "Page not found",
        "Everything you saved is still there.",
        "If you typed the address, check it. Otherwise start again from here.",
    ),
    405: Problem(
        "That page does not work that way",
        "Nothing was changed.",
        "Go back to the page you came from and use its buttons and links.",
    ),
    413: Problem(
        "That is too large to send",
        "Nothing of this one page was saved; everything before it was.",
        "Go back and send a smaller file (up to 20 MB each), fewer files, or shorter text.",
    ),
    429: Problem(
        "Too many attempts",
        "Nothing was changed.",
        "Wait a few minutes, then try again. This keeps others from guessing their way in.",
    ),
    500: Problem(
        "Something is wrong at our end",
        "What you saved before this page is still there. This page itself may not have been saved.",
        "Go back and try again in a minute. If you were reporting an assault and it cannot wait, tell your supervisor.",
    ),
    503: Problem(
        "Campion is not available at the moment",
        "What you saved before is still there.",
        "Try again in a few minutes. If you need to report an assault now, tell your supervisor.",
    ),
}

FORM_OUT_OF_DATE = Problem(
    "This page was open too long",
    "What you typed was not sent.",
    "Go back in your browser: your words should still be there. Copy anything long, reload the page and send it again.",
)


def answer(request, status, problem=None):
    """The page for a status, or for a script the same words as JSON under `message`.

    Falls back to a page that needs no context, session or database.
    """
    problem = problem or PROBLEMS[status]
    if _wants_json(request):
        return JsonResponse({"message": f"{problem.title}. {problem.kept} {problem.do}"}, status=status)
    context = {"problem": problem, "status": status}
    try:
        body = loader.render_to_string("errors/page.html", context, request=request)
    except Exception:  # whatever broke the page must not break the page about it
        return HttpResponse(_plain(problem), status=status)
    return HttpResponse(body, status=status)


def _wants_json(request):
    if request is None:
        return False
    return request.headers.get("X-Autosave") == "1" or request.headers.get("Accept", "").startswith("application/json")


def _plain(problem):
    try:
        return loader.render_to_string("500.html", {"problem": problem})
    except (TemplateDoesNotExist, ValueError):  # the second: the list of static files is not built
        return f"{problem.title}. {problem.kept} {problem.do}"


def bad_request(request, exception=None):
    """400: the request could not be read."""
    return answer(request, 400)


def forbidden(request, exception=None):
    """403: this person may not do this."""
    return answer(request, 403)


def csrf_failure(request, reason=""):
    """403: the form's token is missing, old or somebody else's."""
    return answer(request, 403, FORM_OUT_OF_DATE)


def not_found(request, exception=None):
    """404: no such page, or none that this person may know of."""
    return answer(request, 404)


def broken(request):
    """500: a fault of ours. Rendered without context, session or database."""
    if _wants_json(request):
        return JsonResponse({"message": f"{PROBLEMS[500].title}. {PROBLEMS[500].kept}"}, status=500)
    return HttpResponse(_plain(PROBLEMS[500]), status=500)


class PlainWords:
    """Middleware: gives bare answers (405, 413, 429, 503 without a page) their page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        bare = response.status_code in {405, 413, 429, 503} and not response.streaming and not response.content
        if not bare or request.method == "HEAD":
            return response
        page = answer(request, response.status_code)
        for header in ("Allow", "Retry-After"):
            if header in response:
                page[header] = response[header]
        if isinstance(response, HttpResponseNotAllowed):
            page["Allow"] = response["Allow"]
        return page

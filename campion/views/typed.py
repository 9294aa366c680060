"""`/typed/`: by which a form saves what is being typed into it, while nothing is sent yet (static/js/autosave.js)."""

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campion import kept

NOT_THIS = "Not saved while you type: open this page again. What you see in it now stays until you close it."
TOO_MUCH = "Not saved while you type: there is too much text on this page. Use the button on the page."


@require_POST
def typed(request):
    """Keep what was typed, for the page that the form's own signed field names and for whoever opened it there.

    Whatever the form is about is neither read nor changed: what is kept is shown to its writer alone, on that page, if
    that page is still open to them.
    """
    holder = kept.holder_of(request.POST.get(kept.FIELD, ""))
    if holder is None or holder[0] != request.user:
        return JsonResponse({"message": NOT_THIS}, status=400)
    at = timezone.now()
    if not kept.keep(request.user, holder[1], request.POST, at):
        return JsonResponse({"message": TOO_MUCH}, status=413)
    return JsonResponse({"saved_at": at.isoformat()})

"""`/session/`: by which a page says that its reader is still there (static/js/session.js)."""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.views.decorators.http import require_GET

from campion import middleware


@login_not_required
@require_GET
def stay(request):
    """Touch the session and give the seconds it has left; 401 when it has ended. JSON always: only scripts ask."""
    if not request.user.is_authenticated:
        ended = getattr(request, "session_ended", None)
        answer = JsonResponse({"message": middleware.ENDED[ended], "seconds": 0}, status=401)
    else:
        middleware.touch(request)
        answer = JsonResponse({"seconds": middleware.seconds_left(request)})
    answer["Cache-Control"] = "no-store"
    return answer

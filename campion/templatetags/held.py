"""The tag that lets a form outlive its session."""

from django import template
from django.utils.html import format_html

from campion import kept

register = template.Library()


@register.simple_tag(takes_context=True)
def held(context):
    """The hidden field by which a POST is kept for its writer when the session has ended: `{% held %}` in the form."""
    token = kept.seal_for(context["request"])
    return format_html('<input type="hidden" name="{}" value="{}">', kept.FIELD, token) if token else ""

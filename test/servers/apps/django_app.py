from importlib.metadata import version

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import re_path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"])
VERSION = f"{version('django')}, gunicorn {version('gunicorn')}"


def hook(request):
    return JsonResponse(
        {
            "version": VERSION,
            "target": request.META["RAW_URI"],
            "ids": {name: request.GET.getlist(name) for name in ("AccountID", "CaseID")},
            "headers": dict(request.headers),
        }
    )


urlpatterns = [re_path("", hook)]
app = get_wsgi_application()

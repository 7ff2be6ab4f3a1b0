"""A Django shop for tests. DATABASE is `sqlite:///path` or a postgres:// URL; each line of stdin is something to do, as JSON:

{"migrate": true}                 makes the tables
{"save": [["Doce", {...}], ...]}  saves objects; one with a pk that is there is changed
{"delete": [["Doce", 1], ...]}    deletes them
{"sql": "..."}                    what no model lets through, past all constraints
{"bulk": n}                       n products, in categories of 1,000
{"dumpdata": "path"}              manage.py dumpdata confeitaria -o path
"""

import json
import os
import sys
from urllib.parse import unquote, urlparse

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

url = urlparse(os.environ["DATABASE"])
if url.scheme == "sqlite":
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": url.path}
else:
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path[1:],
        "USER": url.username,
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname,
        "PORT": url.port,
    }
settings.configure(
    DATABASES={"default": database},
    INSTALLED_APPS=["confeitaria"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from confeitaria.models import Categoria, Doce  # noqa: E402

MODELS = {"Categoria": Categoria, "Doce": Doce}


def save(model, fields):
    found = MODELS[model].objects.filter(pk=fields.get("pk")).first() or MODELS[model]()
    for field, value in fields.items():
        setattr(found, field, value)
    found.save()


def execute(sql):
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute(sql)


def bulk(count):
    categories = Categoria.objects.bulk_create(Categoria(nome=f"Categoria {n}") for n in range(count // 1_000))
    for start in range(0, count, 10_000):
        Doce.objects.bulk_create(
            Doce(
                nome=f"Bolo de fubá {n}",
                descricao=f"Com goiabada, da fornada {n % 997}.",
                preco=f"{n % 9_000 + 1}.{n % 100:02d}",
                estoque=n % 1_000,
                categoria=categories[n % len(categories)],
            )
            for n in range(start, min(start + 10_000, count))
        )


for line in sys.stdin:
    for what, value in json.loads(line).items():
        match what:
            case "migrate":
                call_command("migrate", run_syncdb=True, verbosity=0)
            case "save":
                for each in value:
                    save(*each)
            case "delete":
                for model, pk in value:
                    MODELS[model].objects.get(pk=pk).delete()
            case "sql":
                execute(value)
            case "bulk":
                bulk(value)
            case "dumpdata":
                call_command("dumpdata", "confeitaria", output=value)

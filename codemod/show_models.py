"""The command ``or-migrate models``: shows what the catalogue holds, and fetches a newer listing."""

from __future__ import annotations

import sys

from codemod.openrouter.catalogue import CatalogueError
from codemod.openrouter.refresh import RefreshError, refresh, users_cache_file
from codemod.reports.models import models_json, models_table, search
from codemod.run import Exit, UsageError, chosen_catalogue, emit, say, show, today, width, wrong_use


def show_models(query: str, *, as_json: bool, given: str | None = None, url: str | None = None) -> Exit:
    """Show the models that ``query`` finds; before that fetch the listing from ``url``, if one is given.

    ``given`` is the file of the catalogue; None: the one that runs use. A listing that cannot be fetched is one line,
    and what is there already is shown.
    """
    code = Exit.DONE if url is None or _is_refreshed(url) else Exit.FAILED
    if url is not None and not query and not as_json:
        return code
    try:
        catalogue = chosen_catalogue(given)
    except (CatalogueError, UsageError) as error:
        return wrong_use(error)
    found = search(catalogue, query)
    if as_json:
        emit(models_json(catalogue, found), sys.stdout)
    else:
        show(models_table(catalogue, found, width()))
    return code


def _is_refreshed(url: str) -> bool:
    path = users_cache_file()
    try:
        listing = refresh(path, today(), url=url)
    except RefreshError as error:
        say(f"error: {error}; the catalogue of {chosen_catalogue(None).as_of} stays in use")
        return False
    say(f"{len(listing.models):,} models, as of {listing.as_of}, are now in {path}")
    return True

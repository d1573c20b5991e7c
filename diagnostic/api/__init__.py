"""What other programs read over HTTP: territories, indicators and figures, as JSON and CSV. Read only."""

from diagnostic.api.catalogue import schema_org
from diagnostic.api.description import openapi
from diagnostic.api.routes import routes

"""SQL of papers."""

from services.economy.permit_papers.model import Paper
from services.kit.database.table import Table

_PAPERS = Table(Paper, "permit_paper")
get, save = _PAPERS.get, _PAPERS.save

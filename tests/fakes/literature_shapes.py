"""One invented paper as each service shows it, with fields that are not read too."""

from dataclasses import dataclass, replace
from html import escape
from typing import Any


@dataclass(frozen=True)
class Paper:
    """`topic`: what a search of words finds; others are found by an id or by their title."""

    title: str
    pmid: str = ""
    doi: str = ""
    pmcid: str = ""
    arxiv: str = ""
    year: int = 2025
    journal: str = "Journal of Invented Results"
    types: tuple[str, ...] = ("Journal Article",)
    notes: tuple[str, ...] = ()
    topic: bool = True
    # Of services that search words, the only one that finds it by them.
    only_at: str = ""


def core(paper: Paper) -> dict[str, Any]:
    """A result of Europe PMC, with fields that are not read too."""
    made: dict[str, Any] = {
        "id": paper.pmid or "PPR1",
        "source": "MED" if paper.pmid else "PPR",
        "title": f"{paper.title}.",
        "authorString": "Nobody N.",
        "abstractText": "ABSTRACT THAT IS ITS PUBLISHER'S",
        "journalInfo": {
            "yearOfPublication": paper.year,
            "journal": {"title": paper.journal, "isoabbreviation": "J."},
        },
        "pubYear": str(paper.year),
        "pubTypeList": {"pubType": [*paper.types]},
        "isOpenAccess": "N",
    }
    made |= {key: value for key in ("pmid", "doi", "pmcid") if (value := getattr(paper, key))}
    if paper.notes:
        notes = [{"id": "1", "source": "MED", "type": note, "orderIn": 1} for note in paper.notes]
        made["commentCorrectionList"] = {"commentCorrection": notes}
    return made


def article(paper: Paper) -> str:
    """A PubmedArticle of NLM's DTD; its references hold ids of other papers. XML holds no control characters."""
    paper = replace(paper, title="".join(c for c in paper.title if c >= " "))
    types = "".join(f"<PublicationType UI='D0'>{escape(one)}</PublicationType>" for one in paper.types)
    notes = "".join(
        f"<CommentsCorrections RefType='{note.title().replace(' ', '')}'><RefSource>J</RefSource>"
        "<PMID>1</PMID></CommentsCorrections>"
        for note in paper.notes
    )
    doi = f"<ArticleId IdType='doi'>{escape(paper.doi)}</ArticleId>" if paper.doi else ""
    return (
        f"<PubmedArticle><MedlineCitation Status='MEDLINE'><PMID Version='1'>{paper.pmid}</PMID><Article>"
        f"<Journal><JournalIssue><PubDate><Year>{paper.year}</Year></PubDate></JournalIssue>"
        f"<Title>{escape(paper.journal)}</Title></Journal><ArticleTitle><i>{escape(paper.title)}</i>.</ArticleTitle>"
        "<Abstract><AbstractText>ABSTRACT THAT IS ITS PUBLISHER'S</AbstractText></Abstract>"
        f"<PublicationTypeList>{types}</PublicationTypeList></Article>"
        f"<CommentsCorrectionsList>{notes}</CommentsCorrectionsList></MedlineCitation><PubmedData><ArticleIdList>"
        f"<ArticleId IdType='pubmed'>{paper.pmid}</ArticleId>{doi}</ArticleIdList>"
        "<ReferenceList><Reference><ArticleIdList><ArticleId IdType='doi'>10.5555/cited</ArticleId></ArticleIdList>"
        "</Reference></ReferenceList></PubmedData></PubmedArticle>"
    )


def feed(papers: list[Paper]) -> str:
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{paper.arxiv}v2</id><updated>{paper.year}-02-01T00:00:00Z</updated>"
        f"<published>{paper.year}-01-02T00:00:00Z</published><title>{escape(paper.title)}</title>"
        "<summary>ABSTRACT THAT IS ITS AUTHORS'</summary><author><name>Nobody</name></author>"
        + (f"<arxiv:comment>{escape(paper.notes[0])}</arxiv:comment>" if paper.notes else "")
        + f'<link href="http://arxiv.org/abs/{paper.arxiv}v2" rel="alternate" type="text/html"/>'
        '<arxiv:primary_category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>'
        '<category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/></entry>'
        for paper in papers
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><title>ArXiv Query</title><id>x</id>'
        "<updated>2026-11-26T00:00:00Z</updated>"
        f"<opensearch:totalResults>{len(papers)}</opensearch:totalResults>"
        "<opensearch:startIndex>0</opensearch:startIndex><opensearch:itemsPerPage>20</opensearch:itemsPerPage>"
        f"{entries}</feed>"
    )


def work(paper: Paper) -> dict[str, Any]:
    return {
        "id": f"https://openalex.org/W{paper.pmid or 1}",
        "doi": f"https://doi.org/{paper.doi}" if paper.doi else None,
        "ids": {
            "openalex": f"https://openalex.org/W{paper.pmid}",
            "pmid": f"https://pubmed.ncbi.nlm.nih.gov/{paper.pmid}",
        },
        "title": paper.title,
        "publication_year": paper.year,
        "type": "article",
        "is_retracted": "Retracted Publication" in paper.types,
        "primary_location": {"source": {"display_name": paper.journal}, "license": "cc-by"},
    }


def item(paper: Paper) -> dict[str, Any]:
    made: dict[str, Any] = {
        "DOI": paper.doi,
        "title": [paper.title],
        "container-title": [paper.journal],
        "issued": {"date-parts": [[paper.year, 3]]},
        "type": "journal-article",
    }
    if "Retracted Publication" in paper.types:
        made["updated-by"] = [{"DOI": "10.5555/notice", "type": "retraction", "label": "Retraction"}]
    return made

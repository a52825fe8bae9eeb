"""TOOLS: all that an assistant can call. What is not listed here cannot be done."""

from clinft.pipeline.assistant import (
    checking,
    drafting,
    listing,
    planning,
    position,
    refusals,
    results,
    specs,
)
from clinft.pipeline.assistant.form import Nothing, OfProject, Page, Tool
from clinft.pipeline.comparing.form import Comparison
from clinft.pipeline.quote import Quote

TOOLS: dict[str, Tool] = {
    "list_projects": Tool(
        "List projects",
        "The projects of this checkout: task, provider, model, how many runs, what is deployed.",
        Nothing,
        specs.Listed,
        specs.list_projects,
    ),
    "list_domains": Tool(
        "List clinical domains",
        "Clinical domains and kinds of task that a new project can begin with.",
        Nothing,
        specs.Domains,
        specs.list_domains,
    ),
    "describe_spec": Tool(
        "Describe project.yaml",
        "The keys of project.yaml or of one section of it, explained, with a complete example.",
        specs.OfSection,
        specs.Described,
        specs.describe_spec,
    ),
    "read_project": Tool(
        "Read a project",
        "project.yaml and prompt/prompt.md as they are now, with the sha256 that draft_spec asks for.",
        OfProject,
        specs.Written,
        specs.read_project,
    ),
    "validate": Tool(
        "Validate a project",
        "What is wrong with a project's spec, prompt and domain pack, and what the checkout's policy does "
        "not permit, by file, line and column.",
        OfProject,
        checking.Validated,
        checking.validate,
    ),
    "plan": Tool(
        "Plan",
        "What would be trained: the plan's digest, what it covers, what differs from the protected branch.",
        OfProject,
        planning.Planned,
        planning.plan,
    ),
    "estimate": Tool(
        "Estimate",
        "What training this project would cost, from dated prices. Nothing is trained and nobody is asked.",
        OfProject,
        checking.Estimated,
        checking.estimate,
    ),
    "price": Tool(
        "Price tokens",
        "What training so many tokens costs at a provider, and until when its model lives.",
        checking.OfTokens,
        Quote,
        checking.price,
    ),
    "preview_data": Tool(
        "Preview the data",
        "Makes the synthetic records in a folder that is deleted, and counts them. No record is shown.",
        OfProject,
        checking.Prepared,
        checking.preview_data,
    ),
    "audit": Tool(
        "Audit",
        "Searches a project's records and prompt for the 18 HIPAA identifiers; places, never texts.",
        OfProject,
        checking.Audited,
        checking.audit,
    ),
    "check_gate": Tool(
        "Ask what the gate would say",
        "Codes and ways out, as on a pull request that nobody has reviewed yet. It decides nothing.",
        OfProject,
        checking.Judged,
        checking.check_gate,
    ),
    "explain_refusal": Tool(
        "Explain a refusal",
        "What a code of the gate (CLINFT-G006) means, who can settle it, and the way out.",
        refusals.OfCode,
        refusals.Explained,
        refusals.explain_refusal,
    ),
    "list_runs": Tool(
        "List runs",
        "Runs whose evidence lies here, newest first: dates, status, main metric with interval, verdict.",
        listing.OfRuns,
        listing.ListedRuns,
        listing.list_runs,
    ),
    "read_report": Tool(
        "Read a report",
        "A run's report, model card, data dictionary or HIPAA report, page by page.",
        results.OfDocument,
        Page,
        results.read_report,
    ),
    "read_results": Tool(
        "Read results",
        "A run's figures: metrics with intervals, thresholds, the regression test's verdict and its reason.",
        results.OfRun,
        results.Results,
        results.read_results,
    ),
    "read_tracking": Tool(
        "Read the record",
        "Rows of projects/tracking: datasets, runs, evaluations, regressions, costs, decisions.",
        results.OfTable,
        results.Rows,
        results.read_tracking,
    ),
    "compare_runs": Tool(
        "Compare runs",
        "What differs between runs: spec, data, metrics, paired differences, items that flipped.",
        results.OfSeveral,
        Comparison,
        results.compare_runs,
    ),
    "next_step": Tool(
        "Say the next step",
        "Where a project stands, and who must do what. Seen from this clone; GitHub is not asked.",
        OfProject,
        position.Position,
        position.next_step,
    ),
    "new_project": Tool(
        "Begin a project",
        "Writes projects/<name>/ with a valid spec and prompt, on a branch that is not the protected one.",
        drafting.OfNew,
        drafting.Begun,
        drafting.new_project,
        drafts=True,
    ),
    "draft_spec": Tool(
        "Draft spec and prompt",
        "Checks new texts of project.yaml or prompt/prompt.md and, where they are valid, writes them to the "
        "working tree, on a branch that is not the protected one.",
        drafting.OfTexts,
        drafting.Drafted,
        drafting.draft_spec,
        drafts=True,
    ),
    "draft_pull_request": Tool(
        "Draft a pull request",
        "Commits a project's two files on the local branch clinft-draft/<name> and says which commands a "
        "person runs to push it. Nothing is pushed.",
        drafting.OfPull,
        drafting.Pulled,
        drafting.draft_pull_request,
        drafts=True,
    ),
}

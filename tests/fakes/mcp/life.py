"""A job from the first look to its model, as the train stage leads it: the same for every server."""

from clinft.ports.training import TrainingRequest
from clinft.stages.train import train
from tests.fakes.mcp.requests import Desk
from tests.fakes.progress import Quiet


def trains_once(desk: Desk, request: TrainingRequest) -> None:
    statuses: list[str] = []
    model = train(request, desk.provider(), Quiet(), lambda job: statuses.append(job.status))
    assert statuses == ["queued", "running", "succeeded"]
    # The first poll asks at once, the second waits.
    assert desk.slept == [5.0]
    assert request.spec.base_model in model.fine_tuned_model
    assert (model.steps, model.samples, model.answer_tokens) == (24, 12, 24)
    assert [point.step for point in model.loss] == [1, 24]
    assert (model.weights, model.declared_by) == ({}, "the MCP server trainer")
    # A new process asks for nothing: the job is found, and its model was kept.
    again = desk.provider()
    job = again.find(request)
    assert job is not None
    assert (job.status, again.result(job, request)) == ("succeeded", model)

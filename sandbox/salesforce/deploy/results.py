"""What checkDeployStatus answers."""

from xml.sax.saxutils import escape

from sandbox.salesforce.deploy.deployment import Deployment, Success
from sandbox.salesforce.deploy.package import Failure
from sandbox.salesforce.ids import make_id

_TESTS = (
    "<runTestResult><numFailures>0</numFailures><numTestsRun>0</numTestsRun>"
    "<totalTime>0.0</totalTime></runTestResult>"
)


def element(tag: str, value: object) -> str:
    """Return an element that holds a text."""
    return f"<{tag}>{escape(str(value))}</{tag}>"


def deploy_result(deployment: Deployment, *, details: bool, user_name: str, now: str) -> str:
    """Return how a deployment stands, in the words of the Metadata API."""
    at_work = deployment.polls_left > 0
    errors, taken = len(deployment.failures), len(deployment.successes)
    status = "InProgress" if at_work else "Succeeded" if deployment.succeeded else "Failed"
    parts = [element("checkOnly", deployment.options.get("checkOnly", "false"))]
    if not at_work:
        parts.append(element("completedDate", _moment(now)))
    parts += [
        element("createdBy", deployment.user_id),
        element("createdByName", user_name),
        element("createdDate", _moment(deployment.started)),
    ]
    parts.append(f"<details>{_details(deployment) if details and not at_work else ''}{_TESTS}</details>")
    parts.append(element("done", str(not at_work).lower()))
    if deployment.error and not at_work:
        parts += [element("errorMessage", deployment.error), element("errorStatusCode", "UNKNOWN_EXCEPTION")]
    counted = 0 if at_work else 1
    parts += [
        element("id", deployment.id),
        element("ignoreWarnings", deployment.options.get("ignoreWarnings", "false")),
        element("lastModifiedDate", _moment(now)),
        element("numberComponentErrors", errors * counted),
        element("numberComponentsDeployed", taken * counted),
        element("numberComponentsTotal", (errors + taken) * counted),
        element("numberTestErrors", 0),
        element("numberTestsCompleted", 0),
        element("numberTestsTotal", 0),
        element("rollbackOnError", deployment.options.get("rollbackOnError", "true")),
        element("runTestsEnabled", "false"),
        element("startDate", _moment(deployment.started)),
        element("status", status),
        element("success", str(deployment.succeeded and not at_work).lower()),
    ]
    return f"<result>{''.join(parts)}</result>"


def _details(deployment: Deployment) -> str:
    failures = (_failure(each, deployment.started) for each in deployment.failures)
    successes = (
        _success(each, deployment.started, place) for place, each in enumerate(deployment.successes, 1)
    )
    return "".join([*failures, *successes])


def _success(success: Success, created: str, place: int) -> str:
    each = success.component
    return (
        f"<componentSuccesses><changed>true</changed>{element('componentType', each.kind)}"
        f"{element('created', str(success.created).lower())}{element('createdDate', _moment(created))}"
        f"{element('deleted', str(success.deleted).lower())}{element('fileName', each.path)}"
        f"{element('fullName', each.name)}{element('id', make_id('01I', place))}"
        "<success>true</success></componentSuccesses>"
    )


def _failure(failure: Failure, created: str) -> str:
    where = f"<columnNumber>1</columnNumber>{element('lineNumber', failure.line)}" if failure.line else ""
    column, _, line = where.partition("<lineNumber>")
    line = f"<lineNumber>{line}" if line else ""
    return (
        f"<componentFailures><changed>false</changed>{column}{element('componentType', failure.kind)}"
        f"<created>false</created>{element('createdDate', _moment(created))}<deleted>false</deleted>"
        f"{element('fileName', failure.path)}{element('fullName', failure.name)}{line}"
        f"{element('problem', failure.problem)}<problemType>Error</problemType>"
        "<success>false</success></componentFailures>"
    )


def _moment(text: str) -> str:
    return text.replace("+0000", "Z")

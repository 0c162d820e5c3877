"""Deploy the whole project into the local org, which refuses much of what an org refuses."""

from pathlib import Path
from tempfile import TemporaryDirectory

from checks.project import Finding, Project
from sandbox import salesforce
from sandbox.salesforce.clock import Clock
from sandbox.salesforce.config import OrgConfig
from sandbox.salesforce.deploy.archive import SourceError, packaged
from sandbox.salesforce.deploy.deployment import Deployment, deploy
from sandbox.salesforce.local_org import open_org


def findings(project: Project) -> list[Finding]:
    """Return each component that the local org refuses."""
    try:
        content = packaged(project.packages)
    except (SourceError, ValueError) as problem:
        return [
            Finding("sfdx-project.json", f"cannot be packed: {str(problem).replace(f'{project.root}/', '')}")
        ]
    deployment = Deployment("0Af000000000001", "005000000000001", "", {})
    with TemporaryDirectory() as folder:
        deploy(open_org(_empty(Path(folder)), Clock()), deployment, content)
    if deployment.error:
        return [Finding("sfdx-project.json", deployment.error)]
    return [
        Finding(one.path or "sfdx-project.json", f"line {one.line}: {one.problem}")
        for one in deployment.failures
    ]


def _empty(folder: Path) -> OrgConfig:
    # Any objects will do to begin with: those that the local org knows anyway.
    return OrgConfig(
        database=folder / "org.sqlite",
        source=Path(salesforce.__file__).parent / "org",
        base_url="http://127.0.0.1",
        client_id="checks",
        client_secret="",
        public_key_pem=None,
        integration_username="integration@example.com",
    )

"""The action and the task ask Azure as the identity that their place gives them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.fakes import issuers
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import DEPLOYER, DEPLOYER_APP, PROD, TENANT, company
from tests.fakes.environments import CONNECTION, place
from tests.fakes.pipeline_places import ROOT, TASK, job, task
from tests.integration.live.conftest import SHOP, STORAGE

yaml = pytest.importorskip("yaml", reason="the dev extra brings PyYAML: set .venv up once more")
needs_node = pytest.mark.skipif(
    shutil.which("node") is None, reason="no node here: `make pipelines` brings one"
)
INPUTS = {"source": str(STORAGE), "scope": SHOP, "location": "westeurope"}


def shown(azure: FakeAzure, text: str) -> None:
    for secret in azure.secrets():
        assert secret not in text


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("oidc", {"auth": "oidc", "client-id": DEPLOYER_APP, "tenant-id": TENANT}),
        ("cli", {"auth": "cli"}),
        ("cli", {}),
    ],
)
def test_the_action_asks_azure(
    kind: str,
    inputs: dict[str, str],
    azure: FakeAzure,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    offered = azure.environment(kind)
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID"):
        offered.pop(name, None)
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))

    outcome = job(action, {**environment, **offered}, tmp_path).run({**INPUTS, **inputs})

    assert outcome.code == 0, outcome.log
    assert outcome.outputs["exit-code"] == "0"
    assert "ALLOWED" in outcome.summary.upper()
    assert "<testsuites" in Path(outcome.outputs["junit-file"]).read_text(encoding="utf-8")
    assert {call.caller for call in azure.log.of("arm")} == {DEPLOYER}
    shown(azure, outcome.log + outcome.summary)


def test_the_action_fails_the_step(
    azure: FakeAzure, environment: dict[str, str], tmp_path: Path
) -> None:
    azure.load(company())
    azure.sign_in(DEPLOYER)
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))

    outcome = job(action, {**environment, **azure.environment("cli")}, tmp_path).run(INPUTS)

    assert outcome.code == 4, outcome.log
    assert "reader-role" in outcome.log


def endpoint(scheme: str, **parameters: str) -> dict[str, str]:
    """Return a service connection as an agent hands it to a task."""
    prefix = f"ENDPOINT_AUTH_PARAMETER_{CONNECTION}_"
    return {
        f"ENDPOINT_AUTH_SCHEME_{CONNECTION}": scheme,
        f"ENDPOINT_DATA_{CONNECTION}_ENVIRONMENT": "AzureCloud",
        f"ENDPOINT_DATA_{CONNECTION}_SUBSCRIPTIONID": PROD.rpartition("/")[2],
        **{prefix + name.upper(): value for name, value in parameters.items()},
    }


def agent(azure: FakeAzure, kind: str) -> dict[str, str]:
    """Return what an agent sets for one kind of service connection."""
    who = {"serviceprincipalid": DEPLOYER_APP, "tenantid": TENANT}
    match kind:
        case "federation":
            azure.sign_ins.federate(DEPLOYER_APP, issuers.subject(CONNECTION))
            return {
                **endpoint("WorkloadIdentityFederation", **who),
                "ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN": (
                    azure.sign_ins.system_access_token
                ),
                "SYSTEM_OIDCREQUESTURI": azure.url + issuers.PIPELINES,
            }
        case "secret":
            secret = azure.sign_ins.secret(DEPLOYER_APP)
            return endpoint(
                "ServicePrincipal", **who, authenticationtype="spnKey", serviceprincipalkey=secret
            )
        case "certificate":
            file = azure.environment("certificate", DEPLOYER)["AZURE_CLIENT_CERTIFICATE_PATH"]
            pem = Path(file).read_text(encoding="utf-8")
            return endpoint(
                "ServicePrincipal",
                **who,
                authenticationtype="spnCertificate",
                serviceprincipalcertificate=pem,
            )
        case _:
            offered = azure.environment("app-service", DEPLOYER)
            machine = {k: v for k, v in offered.items() if k.startswith("IDENTITY_")}
            return {**endpoint("ManagedServiceIdentity", tenantid=TENANT), **machine}


@pytest.mark.pipelines
@needs_node
@pytest.mark.parametrize("kind", ["federation", "secret", "certificate", "machine"])
def test_the_task_asks_azure(
    kind: str, azure: FakeAzure, environment: dict[str, str], tmp_path: Path
) -> None:
    variables = {**place(azure), **agent(azure, kind), "AZURE_CLIENT_ID": "of-somebody-else"}

    ended = task(
        environment,
        tmp_path,
        inputs={**INPUTS, "azureSubscription": CONNECTION},
        agent=variables,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "##vso[task.complete result=Succeeded;]" in ended.stdout
    assert "##vso[results.publish type=JUnit;" in ended.stdout
    assert {call.caller for call in azure.log.of("arm")} == {DEPLOYER}
    assert not list(tmp_path.rglob("connection.pem"))
    shown(azure, ended.stdout + ended.stderr)


@pytest.mark.pipelines
@needs_node
def test_the_task_takes_the_connections_subscription(
    azure: FakeAzure, environment: dict[str, str], tmp_path: Path
) -> None:
    variables = {**place(azure), **agent(azure, "secret")}
    inputs = {"source": str(STORAGE), "azureSubscription": CONNECTION}

    ended = task(environment, tmp_path, inputs=inputs, agent=variables)

    asked = {call.path for call in azure.log.of("arm")}
    assert f"{PROD}/providers/Microsoft.Authorization/roleAssignments" in asked, ended.stdout


@pytest.mark.pipelines
@needs_node
def test_the_task_withholds_the_agents_secrets(
    azure: FakeAzure, environment: dict[str, str], tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\nenv > "{seen}"\necho "$@" >> "{seen}"\n', encoding="utf-8")
    program.chmod(0o755)
    variables = {**agent(azure, "secret"), "SECRET_X": "s", "VSTS_SECRET_VARIABLES": "s"}
    inputs = {**INPUTS, "azureSubscription": CONNECTION}

    env = {**environment, "AGENT_TEMPDIRECTORY": str(tmp_path), **variables}
    env |= {f"INPUT_{name.upper()}": value for name, value in inputs.items()}
    env["INPUT_PREFLIGHTPATH"] = str(program)
    subprocess.run(["node", str(TASK / "index.js")], cwd=ROOT, env=env, check=True)
    lines = seen.read_text(encoding="utf-8").splitlines()

    names = {line.partition("=")[0] for line in lines}
    assert not {name for name in names if name.startswith(("ENDPOINT_", "SECRET_", "VSTS_"))}
    secret = azure.sign_ins.secret(DEPLOYER_APP)
    assert [line for line in lines if secret in line] == [f"AZURE_CLIENT_SECRET={secret}"]

// Runs `preflight` with the task's inputs, publishes its reports, and ends with its verdict.
// Uses only what Node itself brings: inputs arrive as INPUT_* variables, a service connection as
// ENDPOINT_* variables, answers are logging commands. What signs in goes to the program through
// its environment only: never onto a command line, never into the log.
"use strict";
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const input = (name) => (process.env["INPUT_" + name.toUpperCase()] || "").trim();
const lines = (name) => input(name).split(/\r?\n/).map((l) => l.trim()).filter(Boolean);
const message = (text) => text.replace(/%/g, "%AZP25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const property = (text) => message(text).replace(/]/g, "%5D").replace(/;/g, "%3B");

// Variables of the agent that hold secrets or are of no use to the program, and those that make
// Python import or run what lies somewhere else.
const WITHHELD = /^(INPUT_|ENDPOINT_|SECRET_|SECUREFILE_|VSTS_|PYTHON(PATH|HOME|STARTUP|INSPECT|BREAKPOINT|USERBASE)$)/i;
// Neither the program nor what it starts (az, on Windows) is taken from the working folder.
const SAFE = { PYTHONSAFEPATH: "1", NoDefaultCurrentDirectoryInExePath: "1" };
// What proves who somebody is: a service connection replaces all of it.
const PROOFS = [
  "PREFLIGHT_TOKEN", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PASSWORD",
  "AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURESUBSCRIPTION_CLIENT_ID",
  "AZURESUBSCRIPTION_TENANT_ID", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
];

class Refused extends Error {
  constructor(text, code = 4) {
    super(text);
    this.code = code;
  }
}

function complete(result, text) {
  console.log(`##vso[task.complete result=${result};]${message(text)}`);
}

// A part of a service connection; agents differ in the case of the variable's name.
function endpoint(kind, id, name) {
  const wanted = `ENDPOINT_${kind}_${id}_${name}`.toUpperCase();
  const found = Object.keys(process.env).find((key) => key.toUpperCase() === wanted);
  return found ? process.env[found] : "";
}

function required(id, name) {
  const value = endpoint("AUTH_PARAMETER", id, name);
  if (!value) throw new Refused(`the service connection states no \`${name}\`; save it once more in the project's settings`);
  return value;
}

function scheme(id) {
  const direct = process.env[Object.keys(process.env).find((key) => key.toUpperCase() === `ENDPOINT_AUTH_SCHEME_${id}`.toUpperCase())];
  if (direct) return direct;
  throw new Refused("the service connection is not known to this agent; authorize it for the pipeline");
}

// Variables with which the program signs in as a service connection.
function connection(id, folder) {
  const found = scheme(id);
  if (/^ManagedServiceIdentity$/i.test(found)) return { PREFLIGHT_AUTH: "managed-identity" };
  const client = required(id, "serviceprincipalid");
  const tenant = required(id, "tenantid");
  if (/^WorkloadIdentityFederation$/i.test(found)) {
    if (!process.env.SYSTEM_OIDCREQUESTURI) throw new Refused("this agent offers no OIDC token; it must be 3.220.0 or newer");
    return {
      PREFLIGHT_AUTH: "pipelines", AZURESUBSCRIPTION_CLIENT_ID: client, AZURESUBSCRIPTION_TENANT_ID: tenant,
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: id, SYSTEM_ACCESSTOKEN: required("SystemVssConnection", "AccessToken"),
    };
  }
  if (!/^ServicePrincipal$/i.test(found)) throw new Refused(`service connections of the kind ${found} are not supported`);
  const proven = { PREFLIGHT_AUTH: "env", AZURE_CLIENT_ID: client, AZURE_TENANT_ID: tenant };
  if (/^spnCertificate$/i.test(endpoint("AUTH_PARAMETER", id, "authenticationtype"))) {
    const file = path.join(folder, "connection.pem");
    fs.writeFileSync(file, required(id, "serviceprincipalcertificate"), { mode: 0o600 });
    return { ...proven, AZURE_CLIENT_CERTIFICATE_PATH: file };
  }
  return { ...proven, AZURE_CLIENT_SECRET: required(id, "serviceprincipalkey") };
}

// Variables that say where a service connection leads, unless the inputs say so.
function place(id) {
  const cloud = endpoint("DATA", id, "environment");
  const subscription = endpoint("DATA", id, "subscriptionid");
  const said = {};
  if (cloud) said.PREFLIGHT_CLOUD = cloud;
  if (subscription && !input("scope")) said.PREFLIGHT_SUBSCRIPTION = subscription;
  return said;
}

function environment(folder) {
  const env = { ...SAFE };
  for (const [name, value] of Object.entries(process.env)) if (!WITHHELD.test(name)) env[name] = value;
  const id = input("azureSubscription");
  if (id) {
    if (!["", "auto"].includes(input("auth"))) throw new Refused("the inputs `auth` and `azureSubscription` exclude each other");
    for (const name of PROOFS) delete env[name];
    Object.assign(env, place(id), connection(id, folder));
  } else if (input("auth")) env.PREFLIGHT_AUTH = input("auth");
  const options = { PREFLIGHT_SCOPE: "scope", PREFLIGHT_LOCATION: "location", PREFLIGHT_PRINCIPAL: "principal", PREFLIGHT_FAIL_ON: "failOn" };
  for (const [variable, name] of Object.entries(options)) if (input(name)) env[variable] = input(name);
  for (const [variable, name] of [["PREFLIGHT_PARAMETERS", "parameters"], ["PREFLIGHT_ACCESS", "access"]])
    if (lines(name).length) env[variable] = lines(name).join("\n");
  return env;
}

// The program by its full path: the working folder, where Windows looks first and an empty part of
// PATH leads to, may be somebody else's checkout.
function located(program) {
  if (path.isAbsolute(program)) return program;
  if (program !== path.basename(program)) throw new Refused("the input `preflightPath` takes a name on PATH or a full path", 2);
  const file = process.platform === "win32" && !/\.exe$/i.test(program) ? `${program}.exe` : program;
  const folders = (process.env.PATH || "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const found = folders.map((folder) => path.join(folder, file)).find((full) => {
    try {
      fs.accessSync(full, fs.constants.X_OK);
      return fs.statSync(full).isFile();
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Refused(`there is no \`${program}\` on PATH; install it with pip install azure-preflight`, 70);
  return found;
}

function gate(sources, folder) {
  const junit = path.join(folder, "preflight.xml");
  const markdown = path.join(folder, "preflight.md");
  const program = located(input("preflightPath") || "preflight");
  const run = spawnSync(program, ["run", "--format", `junit=${junit}`, "--format", `markdown=${markdown}`, "--format", "console", "--", ...sources], {
    env: environment(folder), stdio: ["ignore", "inherit", "inherit"],
  });
  if (run.error) {
    complete("Failed", `cannot start \`${program}\`: ${run.error.message}; install it with pip install azure-preflight`);
    return 70;
  }
  if (fs.existsSync(junit))
    console.log(`##vso[results.publish type=JUnit;resultFiles=${property(junit)};runTitle=preflight;testRunSystem=preflight;]`);
  if (fs.existsSync(markdown)) console.log(`##vso[task.uploadsummary]${message(markdown)}`);
  const code = run.status === null ? 70 : run.status;
  complete(code === 0 ? "Succeeded" : "Failed", `preflight ended with exit code ${code}`);
  return code;
}

function main() {
  const sources = lines("source");
  if (sources.length === 0) {
    complete("Failed", "the input `source` is empty");
    return 2;
  }
  const folder = fs.mkdtempSync(path.join(process.env.AGENT_TEMPDIRECTORY || os.tmpdir(), "preflight-"));
  try {
    return gate(sources, folder);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    complete("Failed", error.message);
    return error.code;
  } finally {
    fs.rmSync(path.join(folder, "connection.pem"), { force: true });
  }
}

process.exitCode = main();

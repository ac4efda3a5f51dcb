// Runs `preflight` with the task's inputs, publishes its reports, and ends with its verdict.
// Uses only what Node itself brings: inputs arrive as INPUT_* variables, answers are logging commands.
"use strict";
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const input = (name) => (process.env["INPUT_" + name.toUpperCase()] || "").trim();
const lines = (name) => input(name).split(/\r?\n/).map((l) => l.trim()).filter(Boolean);
const message = (text) => text.replace(/%/g, "%AZP25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const property = (text) => message(text).replace(/]/g, "%5D").replace(/;/g, "%3B");

function complete(result, text) {
  console.log(`##vso[task.complete result=${result};]${message(text)}`);
}

function main() {
  const sources = lines("source");
  if (sources.length === 0) {
    complete("Failed", "the input `source` is empty");
    return 2;
  }
  const reports = fs.mkdtempSync(path.join(process.env.AGENT_TEMPDIRECTORY || os.tmpdir(), "preflight-"));
  const junit = path.join(reports, "preflight.xml");
  const markdown = path.join(reports, "preflight.md");
  const env = { ...process.env };
  const options = { PREFLIGHT_SCOPE: "scope", PREFLIGHT_LOCATION: "location", PREFLIGHT_PRINCIPAL: "principal", PREFLIGHT_FAIL_ON: "failOn" };
  for (const [variable, name] of Object.entries(options)) if (input(name)) env[variable] = input(name);
  for (const [variable, name] of [["PREFLIGHT_PARAMETERS", "parameters"], ["PREFLIGHT_ACCESS", "access"]])
    if (lines(name).length) env[variable] = lines(name).join("\n");
  const program = input("preflightPath") || "preflight";
  const run = spawnSync(program, ["run", "--format", `junit=${junit}`, "--format", `markdown=${markdown}`, "--format", "console", "--", ...sources], {
    env, stdio: ["ignore", "inherit", "inherit"],
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

process.exitCode = main();

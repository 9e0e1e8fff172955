#!/usr/bin/env python3
"""A stand-in for Inspect: takes its arguments, and behaves as the task says."""

import datetime
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

words = sys.argv[1:]
config_file = words[words.index("--run-config") + 1]
config = json.loads(Path(config_file).read_text())
logs = Path(words[words.index("--log-dir") + 1])
told = config["task"]["args"]
folder = Path(told["folder"])
epochs = config["eval_config"].get("epochs", 1)


def told_us():
    (folder / "told.json").write_text(json.dumps({
        "arguments": sys.argv,
        "environment": dict(os.environ),
        "config": config,
        "modes": [oct(os.stat(path).st_mode & 0o777) for path in (config_file, ".")],
        "dotenv": Path(".env").read_text(),
    }))


def write(status):
    """A log with two tasks; of a run that was called off without the last attempt."""
    spec = {
        "eval_id": "e", "run_id": "r", "created": "2026-11-26T00:00:00+00:00", "task": "t",
        "dataset": {"name": "d", "samples": 2, "sample_ids": ["a", "b"]},
        "model": config["model"]["model"], "config": {"epochs": epochs},
        "metadata": config["metadata"],
        "scorers": [{"name": "s"}],
    }
    usage = {"m": {"input_tokens": 100, "output_tokens": 20, "total_tokens": 120}}
    attempts = [(task, epoch) for epoch in range(1, epochs + 1) for task in ("a", "b")]
    if status != "success":
        attempts.pop()
    final = logs / "one.eval"
    with zipfile.ZipFile(final.with_suffix(".part"), "w") as archive:
        def put(name, value):
            archive.writestr(name, json.dumps(value))

        put("_journal/start.json", {"version": 2, "eval": spec, "plan": {}})
        for task, epoch in attempts:
            put(f"samples/{task}_epoch_{epoch}.json", {
                "id": task, "epoch": epoch, "input": "", "target": "",
                "scores": {"s": {"value": "C"}}, "model_usage": usage,
                "output": {"choices": [{"message": {"content": "x"}, "stop_reason": "stop"}]},
            })
        results = {"scores": [{"name": "s", "scorer": "s", "metrics": {}}]}
        put("header.json", {
            "version": 2, "status": status, "eval": spec, "plan": {}, "results": results,
        })
    final.with_suffix(".part").rename(final)


def sleeper(name, **options):
    child = subprocess.Popen(["sleep", "600"], **options)
    (folder / f"{name}.pid").write_text(str(child.pid))


def journal():
    """What a gateway would have written meanwhile."""
    lines, before = [], "0" * 64
    for line in (folder / "gateway/lines").read_text().splitlines():
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        lines.append(json.dumps(json.loads(line) | {"before": before, "at": now}))
        before = hashlib.sha256(lines[-1].encode()).hexdigest()
    (folder / "gateway/journal.jsonl").write_text("".join(f"{line}\n" for line in lines))


mode = told["mode"]
if mode == "fail":
    print("there is no such task")
    sys.exit(1)
if mode in ("log", "leaves"):
    told_us()
    if mode == "leaves":
        # Into a session of its own, and its parent goes first.
        sleeper("stranger", start_new_session=True)
    if (folder / "gateway/lines").exists():
        journal()
    write("success")
    # Long enough to be seen.
    time.sleep(1.5)
    sys.exit(0)
if mode == "patient":
    def end(number, frame):
        write("cancelled")
        sys.exit(0)

    signal.signal(signal.SIGINT, end)
    (folder / "patient.pid").write_text(str(os.getpid()))
if mode == "stubborn":
    told_us()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sleeper("child")
    sleeper("stranger", start_new_session=True)
    (folder / "stubborn.pid").write_text(str(os.getpid()))
time.sleep(600)

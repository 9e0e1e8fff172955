"""Runs one act inside a sandbox: service, command, and what can only be seen from here.

Told what to do by one JSON value; says on the last line of its output, in JSON, what it saw. Before it
speaks, every other process of the sandbox has been ended, so that nobody else can speak for it.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

PR_SET_DUMPABLE = 4
CALL_BYTES_MAX = 4096
CALL_GRACE_SECONDS = 0.3
ANSWER_SECONDS_MAX = 10

plan = json.loads(sys.argv[1])
token = plan["token"].encode()
seen = {"status": 0, "ready": None, "called": False, "written": False, "answer": None}


def listen():
    """Waits for whoever connects and says the token."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            caller, _ = door.accept()
            with caller:
                caller.settimeout(2)
                try:
                    said = b""
                    while token not in said and len(said) < CALL_BYTES_MAX:
                        part = caller.recv(CALL_BYTES_MAX)
                        if not part:
                            break
                        said += part
                    seen["called"] = seen["called"] or token in said
                    caller.sendall(b"HTTP/1.0 204 No Content\r\n\r\n")
                except OSError:
                    pass

    threading.Thread(target=serve, daemon=True).start()
    return door.getsockname()[1]


def await_service(service):
    """Waits until the service listens; says whether it does."""
    end = time.monotonic() + plan["ready_seconds"]
    while time.monotonic() < end and service.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", plan["port"]), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.01)
    return False


def ask():
    """Sends the request as it stands and gives back what came within the bounds."""
    with open(plan["request"], "rb") as file:
        request = file.read()
    answer = b""
    end = time.monotonic() + ANSWER_SECONDS_MAX
    try:
        with socket.create_connection(("127.0.0.1", plan["port"]), timeout=5) as line:
            line.sendall(request)
            while len(answer) < plan["answer_bytes"] and time.monotonic() < end:
                line.settimeout(max(0.1, min(2, end - time.monotonic())))
                part = line.recv(65536)
                if not part:
                    break
                answer += part
    except OSError:
        pass
    return answer[: plan["answer_bytes"]].decode("latin-1")


def is_written(path):
    """Whether the file is there, is an ordinary one and holds the token."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            return token in file.read(1 << 20)
    except OSError:
        return False


def main():
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    environment = dict(os.environ)
    if plan["callback"]:
        environment["SEAWALL_CALLBACK"] = "http://127.0.0.1:%d/%s" % (listen(), plan["token"])
    if plan["service"]:
        service = subprocess.Popen(
            plan["service"], env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr
        )
        seen["ready"] = await_service(service)
    if seen["ready"] is not False:
        if plan["request"]:
            seen["answer"] = ask()
        else:
            status = subprocess.call(plan["command"], env=environment, stdin=subprocess.DEVNULL)
            seen["status"] = 128 - status if status < 0 else status
        if plan["callback"] and not seen["called"]:
            time.sleep(CALL_GRACE_SECONDS)
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError:
        pass
    if plan["written"]:
        seen["written"] = is_written(plan["written"])
    sys.stdout.write("\n" + json.dumps(seen) + "\n")
    sys.stdout.flush()


main()

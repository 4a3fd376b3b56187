"""Runs MiniStack until the process that started it ends: then the pipe of standard input closes.

MiniStack responds to all websites with `Access-Control-Allow-Origin: *`, so a page in a browser on this machine could read
secrets and run code as its user. This program rejects requests of browsers, and requests to another host name than this
machine's. ALLOW_BROWSERS=1 accepts them, and END_WITH_PARENT=0 lets it run without a parent.

The response to /_localstack/RUN_ID is RUN_ID, so that the starter knows this emulator from another one at its port.
"""

import os, runpy, signal, sys, threading
def end_with_parent():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)
if os.environ.get("END_WITH_PARENT") != "0":
    threading.Thread(target=end_with_parent, daemon=True).start()

import ministack.app as emulator
inner = emulator.app
RUN_ID = os.environ["RUN_ID"]
REJECTS_BROWSERS = os.environ["ALLOW_BROWSERS"] != "1"
def is_foreign(headers):
    names = {name.lower(): value for name, value in headers}
    host = names.get(b"host", b"").decode("latin-1").lower().rsplit(":", 1)[0]
    is_here = host in ("127.0.0.1", "localhost") or host.endswith(".localhost")
    return not is_here or b"origin" in names or any(name.startswith(b"sec-fetch-") for name in names)
async def respond(send, status, body):
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": body})
async def guarded(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == f"/_localstack/{RUN_ID}":
        return await respond(send, 200, RUN_ID.encode())
    if REJECTS_BROWSERS and scope["type"] in ("http", "websocket") and is_foreign(scope["headers"]):
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        return await respond(send, 403, b"Browsers may not use this emulator.")
    await inner(scope, receive, send)
emulator.app = guarded
sys.argv = ["ministack"]
runpy.run_module("ministack", run_name="__main__")

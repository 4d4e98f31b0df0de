"""A webhook's receiver. Usage: webhook.py SECRET. Prints its port, then one line of JSON for each POST: what `standardwebhooks` makes of
it. /taken answers 204, /gone 410, /elsewhere redirects to /taken, /busy 503, /slow never."""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

ANSWERS = {"/taken": 204, "/gone": 410, "/elsewhere": 307, "/busy": 503}


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            verified = Webhook(sys.argv[1]).verify(body, headers)
        except WebhookVerificationError as error:
            verified = str(error)
        said = {"path": self.path, "id": headers.get("webhook-id"), "verified": verified, "body": body.decode()}
        print(json.dumps(said), flush=True)
        if self.path == "/slow":
            time.sleep(60)
        self.send_response(ANSWERS[self.path])
        self.send_header("location", "/taken")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()

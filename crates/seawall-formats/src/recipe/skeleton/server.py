# Serves what the target answers on 127.0.0.1; the laboratory sends the requests.
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

sys.path.insert(0, "/target")
import @MODULE@


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        # FILL IN: let the target answer self.path.
        answer = b"hello\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()

"""Answers requests, health checks and the request to stop."""
import argparse
import configparser
import http.server
import threading

parser = argparse.ArgumentParser()
parser.add_argument("--config", required=True)
parser.add_argument("--admin-port", type=int, required=True)
parser.add_argument("--workers", type=int, default=2)
arguments = parser.parse_args()

config = configparser.ConfigParser(interpolation=None)
config.read(arguments.config)
settings = config["server"]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer("ok" if self.path == "/healthz" else "hello from %s" % settings["name"])

    def do_POST(self):
        self.answer("stopping")
        if self.path == "/quit":
            for server in servers:
                threading.Thread(target=server.shutdown).start()

    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())


ports = [settings.getint("port"), settings.getint("health_port"), arguments.admin_port]
servers = [http.server.ThreadingHTTPServer(("", port), Handler) for port in ports]
threads = [threading.Thread(target=server.serve_forever) for server in servers]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

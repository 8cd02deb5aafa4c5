"""SecurityTrails on loopback with stories of made-up names, for pictures of the page and tests of it.

All names and addresses are of the ranges for documentation (RFC 2606, RFC 5737, RFC 3849).
"""

import atexit
import json
import os
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

HOSTILE = "<img src=x onerror=alert(1)>"


def record(value, first, last, organization, count, kind="ip"):
    entry = {"ip": {"ip": value, "ip_count": count}, "ipv6": {"ipv6": value, "ipv6_count": count}}[kind]
    return {"first_seen": first, "last_seen": last, "organizations": [organization], "type": "a", "values": [entry]}


def history(*records):
    return {"type": "a/ipv4", "pages": 1, "records": list(records)}


def names(*hosts, count=None):
    records = []
    for index, host in enumerate(hosts):
        records.append({
            "hostname": host, "alexa_rank": 4200 + 977 * index if index < 4 else None,
            "computed": {"company_name": "Example Trading" if index % 3 == 0 else None},
            "host_provider": ["Example Hosting"], "mail_provider": ["Sample Mail"] if index % 2 else [],
            "whois": {"registrar": "Example Registrar", "createdDate": 1500000000000 + index * 9 * 10**9, "expiresDate": None},
        })
    return {"records": records, "record_count": count or len(hosts), "meta": {"max_page": 1, "total_pages": 1, "page": 1}}


A = {
    "parcel-desk.example": history(
        record("203.0.113.77", "2024-02-11", None, "Bulletproof Sample", 38),
        record("203.0.113.80", "2023-11-02", "2024-02-10", "Bulletproof Sample", 61),
        record("198.51.100.23", "2023-06-20", "2023-11-01", "Sample Cloud", 212),
        record("198.51.100.24", "2023-06-20", "2023-10-12", "Sample Cloud", 180),
        record("192.0.2.66", "2021-04-03", "2023-06-19", "Example Hosting", 1904),
        record("192.0.2.14", "2019-01-15", "2021-05-28", "Old Networks", 12),
    ),
    "login-parcel.example": history(
        record("203.0.113.77", "2024-03-01", None, "Bulletproof Sample", 38),
        record("203.0.113.91", "2024-01-09", "2024-03-02", "Bulletproof Sample", 5),
        record("198.51.100.23", "2023-09-14", "2024-01-08", "Sample Cloud", 212),
    ),
    "flux.example": history(*(
        record(f"198.51.100.{index}" if index < 200 else f"203.0.113.{index - 200}", f"202{index % 4}-0{index % 9 + 1}-11",
               f"2024-0{index % 9 + 1}-2{index % 8}", f"Network {index % 14}", index * 3)
        for index in range(1, 391))),
}
AAAA = {
    "parcel-desk.example": history(
        record("2001:db8:44::1f", "2023-11-02", None, "Bulletproof Sample", 9, "ipv6"),
        record("2001:db8:7::10", "2021-09-01", "2023-06-19", "Example Hosting", 77, "ipv6"),
    ),
}
LISTS = {
    "203.0.113.77": names(
        "parcel-desk.example", "login-parcel.example", "track.parcel-desk.example", "secure-bank-id.example", "invoice-portal.example",
        "mail.invoice-portal.example", "update-player.example", "bonus-claim.example", "post-service-help.example", "id-verify.example",
        "cdn.id-verify.example", "gift-desk.example", "tax-refund-desk.example", "photo-share-login.example"),
    "198.51.100.23": names("login-parcel.example", "parcel-desk.example", "harmless-shop.example", "blog.harmless-shop.example", "garden-club.example"),
    "192.0.2.10": names("hostile.example", "one.example", "two.example"),
}
ERRORS = {"busy.example": (500, {"message": "The upstream is busy."})}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body, status=200):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        parts = urlsplit(self.path)
        path = [unquote(part) for part in parts.path.split("/")]
        if parse_qs(parts.query).get("page", ["1"]) != ["1"]:
            return self.answer({"records": [], "pages": 1})
        if len(path) == 6 and path[2] == "history":
            if path[3] in ERRORS:
                return self.answer(ERRORS[path[3]][1], ERRORS[path[3]][0])
            known = {"a": A, "aaaa": AAAA}.get(path[5], {}).get(path[3])
            if known:
                return self.answer(known)
        self.answer({"message": "Not found."}, 404)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = LISTS.get(next(iter(body["filter"].values())))
        self.answer(known or {"message": "Not found."}, 200 if known else 404)


def serve():
    """Starts it; returns its base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/v1/"


def environment_file():
    """Starts it; returns the path of a file for `relayctl serve --env-file`, which is gone at the end."""
    with tempfile.NamedTemporaryFile("w", suffix=".env", delete=False) as file:
        file.write(f"SECURITYTRAILS_API_URL={serve()}\n")
    atexit.register(os.unlink, file.name)
    return file.name

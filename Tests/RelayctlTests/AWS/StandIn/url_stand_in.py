"""The URL of a REST API for the tests of relayctl: a proxy (HTTPS_PROXY) that ends TLS for any name.

    url_stand_in.py CERTIFICATE KEY ANSWER    prints 'PORT n', then serves until its standard input ends

ANSWER is a port on loopback, where requests go on to, or a response as 'STATUS BODY', or empty: the connection is dropped.
"""
import re
import socket
import socketserver
import ssl
import sys
import threading

certificate, key, answer = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


def read(connection):
    """A request as it came."""
    text = b''
    while True:
        head, end, body = text.partition(b'\r\n\r\n')
        length = re.search(rb'(?i)\r\ncontent-length: (\d+)', head)
        if end and len(body) >= int(length[1] if length else 0):
            return text
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError
        text += piece


def answered(request, host):
    if not answer.isdigit():
        status, body = answer.split(' ', 1)
        return f'HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}'.encode()
    with socket.create_connection(('127.0.0.1', int(answer))) as server:
        head = request.replace(b'Host: ' + host, b'Host: 127.0.0.1\r\nConnection: close')
        server.sendall(head)
        return b''.join(iter(lambda: server.recv(65536), b''))


class Proxy(socketserver.BaseRequestHandler):
    def handle(self):
        method, target, _ = read(self.request).split(None, 2)
        host = target.removesuffix(b':443')
        assert method == b'CONNECT' and host.endswith(b'.execute-api.us-east-1.amazonaws.com'), target
        self.request.sendall(b'HTTP/1.1 200 OK\r\n\r\n')
        with context.wrap_socket(self.request, server_side=True) as connection:
            request = read(connection)
            assert re.match(rb'POST /dev/(version|health|(deliberate|observe|refer)/observables) HTTP/1.1\r\n', request), request
            if answer:
                connection.sendall(answered(request, host))


socketserver.ThreadingTCPServer.daemon_threads = True
with socketserver.ThreadingTCPServer(('127.0.0.1', 0), Proxy) as server:
    print('PORT', server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()

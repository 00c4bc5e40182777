import Foundation
import HTTPTypes
import Testing

@testable import HTTP

/// A server in a process of its own, ended with `body`. `body` gets its port, chosen here and appended by `arguments`.
func withServer<Result>(
    _ program: String, _ arguments: (Int) -> [String], isolation: isolated (any Actor)? = #isolation,
    _ body: (Int) async throws -> Result
) async throws -> Result {
    let port = try unusedPort()
    let process = try ChildProcess([program] + arguments(port))
    defer { process.kill() }
    let start = ContinuousClock.now
    while !accepts(port) {
        try #require(process.isRunning, "\(program) ended by itself")
        try #require(.now - start < .seconds(60), "\(program) does not listen")
        try await Task.sleep(for: .milliseconds(10))
    }
    return try await body(port)
}

private func accepts(_ port: Int) -> Bool {
    let attempt = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(attempt) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(attempt, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}

/// Whether a program is on the PATH; nghttpd is in sbin.
func isInstalled(_ program: String) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") + ["/usr/sbin"]
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
}

/// Python's own HTTP server over its own TLS: HTTP/1.1 with keep-alive. Answers with the request as JSON lines; the path
/// `/bytes/N` gives N zeros, a body is counted.
enum PythonServer {
    static func arguments(certificate: String? = nil, key: String? = nil, clientAuthority: String? = nil) -> (Int) ->
        [String]
    {
        { port in ["-c", script, "\(port)", certificate ?? "", key ?? "", clientAuthority ?? ""] }
    }

    private static let script = """
        import http.server, json, ssl, sys
        port, cert, key, client_ca = int(sys.argv[1]), *sys.argv[2:5]
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            wbufsize = 65536
            def answer(self):
                left = int(self.headers.get('Content-Length') or 0)
                got = 0
                while got < left:
                    piece = self.rfile.read(min(1 << 20, left - got))
                    if not piece: return
                    got += len(piece)
                if self.path.startswith('/bytes/'):
                    left = int(self.path[7:])
                    self.send_response(200)
                    self.send_header('Content-Length', str(left))
                    self.end_headers()
                    piece = bytes(1 << 20)
                    while left > 0:
                        self.wfile.write(piece[:min(left, len(piece))])
                        left -= len(piece)
                    return
                text = json.dumps({'method': self.command, 'path': self.path, 'received': got,
                                   'peer': self.client_address[1],
                                   'headers': {k.lower(): v for k, v in self.headers.items()}}).encode()
                self.send_response(200)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(text)))
                self.end_headers()
                if self.command != 'HEAD': self.wfile.write(text)
            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = answer
            def log_message(self, *args): pass
        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512
            def handle_error(self, *args): pass
        server = Server(('127.0.0.1', port), Handler)
        if cert:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            context.set_alpn_protocols(['http/1.1'])
            if client_ca:
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(client_ca)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.serve_forever()
        """
}

/// What `PythonServer` says of a request.
struct SeenRequest: Decodable {
    let method: String
    let path: String
    /// Bytes of the body.
    let received: Int
    /// The client's port: the same for requests on one connection.
    let peer: Int
    /// Lower case names.
    let headers: [String: String]

    init(_ response: Response) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(response.body))
    }
}

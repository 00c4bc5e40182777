/// Where one member takes client requests.
package struct EtcdEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// `http://` or `https://`, host and port; no path.
    package let url: String
    /// The name its certificate must bear, where that is not the URL's host: behind a port-forward, for one.
    package let serverName: String?

    package init(_ url: String, serverName: String? = nil) {
        var url = url[...]
        while url.last == "/" { url.removeLast() }
        self.url = String(url)
        self.serverName = serverName
    }

    package var description: String { url }

    var isSecure: Bool { url.lowercased().hasPrefix("https:") }
}

package import EtcdRecoverModel
import HTTP

extension KubernetesClient {
    /// `namespace` nil: the configuration's. Throws an API error with `isNotFound` when there is none.
    package func get<R: KubernetesResource>(
        _ type: R.Type = R.self, name: String, namespace: String? = nil, within: Duration? = nil
    ) async throws -> R {
        let namespace = self.namespace(namespace, for: R.self)
        let call = Call(
            path: try ResourcePath.object(R.self, name: name, namespace: namespace), within: within)
        return try await decode(R.self, from: perform(call).body, of: call, as: Self.title(R.self, name, namespace))
    }

    /// Nil where there is none.
    package func find<R: KubernetesResource>(
        _ type: R.Type = R.self, name: String, namespace: String? = nil
    ) async throws -> R? {
        do { return try await get(name: name, namespace: namespace) } catch let error as KubernetesError
            where error.isNotFound
        { return nil }
    }

    /// All objects in scope, read page by page. `within` bounds the whole.
    package func list<R: KubernetesResource>(
        _ type: R.Type = R.self, in scope: Scope, matching selector: Selector = .everything,
        options: ListOptions = ListOptions()
    ) async throws -> ObjectList<R> {
        let end = ContinuousClock.now + (options.within ?? configuration.requestTimeout ?? Limits.requestTimeout)
        var all = ObjectList<R>(items: [], resourceVersion: "", continuation: nil)
        var restarts = 0
        repeat {
            do {
                var options = options
                options.within = ContinuousClock.now.duration(to: end)
                let page = try await self.page(
                    R.self, in: scope, matching: selector, options: options, after: all.continuation)
                all.items += page.items
                all.resourceVersion = page.resourceVersion
                all.continuation = page.continuation
            } catch let error as KubernetesError where error.isExpired && all.continuation != nil && restarts < 2 {
                // The snapshot behind the pages was compacted away: begin anew, from a newer one.
                restarts += 1
                all = ObjectList(items: [], resourceVersion: "", continuation: nil)
                continue
            }
            guard all.items.count <= options.itemLimit else {
                throw KubernetesError.tooManyItems(kind: R.kind, limit: options.itemLimit)
            }
        } while all.continuation != nil || all.resourceVersion.isEmpty
        return all
    }

    /// One page, `continuation` of the page before, nil for the first. Throws an API error with `isExpired` when too much
    /// time passed since the first page.
    package func page<R: KubernetesResource>(
        _ type: R.Type = R.self, in scope: Scope, matching selector: Selector = .everything,
        options: ListOptions = ListOptions(), after continuation: String?
    ) async throws -> ObjectList<R> {
        var query = selector.query + [("limit", String(options.pageSize))]
        if let continuation { query.append(("continue", continuation)) }
        // A continued list goes on at the version of its first page.
        if continuation == nil, options.mayBeStale { query.append(("resourceVersion", "0")) }
        let call = Call(
            path: try ResourcePath.collection(R.self, namespace: scope.namespace), query: query,
            bodyLimit: Limits.page, within: options.within)
        let list = try await decode(ListBody<R>.self, from: perform(call).body, of: call, as: "a list of \(R.kind)")
        return ObjectList(
            items: list.items ?? [], resourceVersion: list.metadata.resourceVersion ?? "0",
            continuation: list.metadata.continue.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// The body of any path of the API server, as JSON: `/version`, `/readyz`.
    package func raw(
        path: String, query: [(String, String)] = [], within: Duration? = nil
    ) async throws -> [UInt8] {
        try await perform(Call(path: path, query: query, within: within)).body
    }

    package func serverVersion(within: Duration? = nil) async throws -> ServerVersion {
        let call = Call(path: "/version", within: within)
        return try await decode(ServerVersion.self, from: perform(call).body, of: call, as: "the version")
    }

    static func title<R: KubernetesResource>(_ type: R.Type, _ name: String, _ namespace: String?) -> String {
        "\(R.kind) \(namespace.map { "\($0)/" } ?? "")\(name)"
    }
}

package struct ListOptions: Sendable {
    /// Objects asked for at a time.
    package var pageSize: Int
    package var itemLimit: Int
    /// Lets the server answer from its cache, which may lag behind etcd by moments.
    package var mayBeStale: Bool
    package var within: Duration?

    package init(
        pageSize: Int = 500, itemLimit: Int = Limits.listItems, mayBeStale: Bool = false, within: Duration? = nil
    ) {
        self.pageSize = pageSize
        self.itemLimit = itemLimit
        self.mayBeStale = mayBeStale
        self.within = within
    }
}

package struct ObjectList<R: KubernetesResource>: Sendable {
    package var items: [R]
    /// Where a watch goes on from this list.
    package var resourceVersion: String
    /// Of the next page; nil after the last.
    package var continuation: String?
}

private struct ListBody<R: KubernetesResource>: Decodable {
    struct Metadata: Decodable {
        var resourceVersion: String?
        var `continue`: String?
    }
    var metadata: Metadata
    var items: [R]?
}

extension Scope {
    var namespace: String? {
        if case .namespace(let namespace) = self { namespace } else { nil }
    }
}

extension Selector {
    var query: [(String, String)] {
        var query: [(String, String)] = []
        if let labels { query.append(("labelSelector", labels)) }
        if let fields { query.append(("fieldSelector", fields)) }
        return query
    }
}

import TestSupport

extension [LostCluster] {
    /// In all at once; what comes of it in their order.
    @discardableResult
    func each<Value: Sendable>(_ body: @escaping @Sendable (LostCluster) async throws -> Value) async throws -> [Value]
    {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for (index, cluster) in enumerated() { group.addTask { (index, try await body(cluster)) } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

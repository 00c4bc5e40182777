import TestSupport
import Testing

/// One cluster in each of the operator's layouts, backed up to both stores as `s3` and `gcs`, for as long as a suite takes.
struct SourceClusters: SuiteTrait, TestScoping {
    @TaskLocal private static var running: [OperatorStandIn.Layout: SourceCluster] = [:]

    /// Written after the backups: a restored cluster must not have it.
    static let later = "written/later"

    static func of(_ layout: OperatorStandIn.Layout) throws -> SourceCluster {
        try #require(running[layout], "no clusters: the suite lacks the trait .sourceClusters")
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Self.start(OperatorStandIn.Layout.allCases[...], [:]) { places in
            let sources = try await withThrowingTaskGroup { group in
                for (layout, place) in places {
                    group.addTask { (layout, try await Self.prepare(place.kubectl, place.standIn)) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            try await Self.$running.withValue(sources) { try await function() }
        }
    }

    private typealias Places = [OperatorStandIn.Layout: (kubectl: Kubectl, standIn: OperatorStandIn)]

    private static func start(
        _ layouts: ArraySlice<OperatorStandIn.Layout>, _ places: Places, _ body: @Sendable (Places) async throws -> Void
    ) async throws {
        guard let layout = layouts.first else { return try await body(places) }
        try await Kubectl.withNamespace(on: try InstalledPods.current.cluster) { kubectl in
            try await OperatorStandIn.run(layout: layout, in: kubectl) { standIn in
                var places = places
                places[layout] = (kubectl, standIn)
                try await start(layouts.dropFirst(), places, body)
            }
        }
    }

    private static func prepare(_ kubectl: Kubectl, _ standIn: OperatorStandIn) async throws -> SourceCluster {
        let source = try await SourceCluster.start(kubectl, standIn)
        for store in BackupPlace.Store.allCases { try await source.backUp(as: store.rawValue, to: source.place(store)) }
        let put = try await standIn.etcdctl("main", 0, "put", later, "1")
        try #require(put.succeeded, "\(put.errors)")
        return source
    }
}

extension Trait where Self == SourceClusters {
    static var sourceClusters: Self { Self() }
}

import EtcdClient
import HTTP
import Logging
import TestSupport
import Testing

@testable import Controllers

/// What a member is asked beside its snapshot, for as long as the revision of that is certain.
@Suite(.needsEtcd) struct SnapshotMeasurementTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func aMemberIsMeasuredWhereNothingWasWrittenSince() async throws {
        try await TestSupport.EtcdCluster.run(.newest) { etcd in
            try await etcd.etcdctl("put", "a", "1")
            let client = try EtcdClient(.init(endpoints: etcd.endpoints.map { EtcdEndpoint($0) }, proxy: .none))
            let before = try await client.status().header.revision
            let measured = try #require(await SnapshotMeasurement.beside(client, since: before, logger))
            #expect(measured.revision == before.rawValue)
            #expect(measured.hash?.hash == (try await client.hashKV(at: before).hash))
            #expect(measured.keys == 1)

            try await etcd.etcdctl("put", "b", "1")
            #expect(await SnapshotMeasurement.beside(client, since: before, logger) == nil)
            // Asked for at the end, it is the same as before.
            let late = await SnapshotMeasurement(of: client, at: before.rawValue, logger)
            #expect(late.hash?.hash == measured.hash?.hash && late.keys == 1)
            await client.shutdown()
        }
    }
}

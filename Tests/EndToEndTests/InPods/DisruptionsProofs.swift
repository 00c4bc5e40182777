import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

/// What has to hold in the end, whatever happened meanwhile.
extension Disruptions.Site {
    /// The backup has all that is recorded of one, and the store has its object.
    func expectWhole(_ backup: EtcdBackup, in bucket: Disruptions.Bucket, _ comment: Comment) {
        let name = backup.metadata.name ?? ""
        guard let status = backup.status, let snapshot = status.snapshot, status.phase == .completed else {
            Issue.record("\(standIn.layout) \(name): \(String(describing: backup.status)); \(comment)")
            return
        }
        #expect(snapshot.keyspaceHash != nil && snapshot.revision != nil && snapshot.sha256 != nil, comment)
        let size = bucket.objects[status.snapshotLocation ?? ""]
        #expect(size != nil && size == status.snapshotSizeBytes, "\(name): \(String(describing: status)); \(comment)")
    }

    /// The restored member says itself that it has what the backup recorded and what `main` had then, and so says the
    /// restore's status.
    func expectEqual(_ restore: EtcdRestore, to backup: EtcdBackup, _ comment: Comment) async throws {
        let name = restore.metadata.name ?? ""
        guard let status = restore.status, status.phase == .completed else {
            Issue.record("\(standIn.layout) \(name): \(String(describing: restore.status)); \(comment)")
            return
        }
        let snapshot = try #require(backup.status?.snapshot)
        #expect(status.verification?.matches == true, "\(status); \(comment)")
        #expect(status.verification?.keyspaceHash == snapshot.keyspaceHash, "\(status); \(comment)")
        let revision = try #require(snapshot.revision)
        let hash = try await standIn.etcdctl(name, 0, "endpoint", "hashkv", "--rev=\(revision)", "-w", "json")
        #expect(
            hash.output.contains("\"hash\":\(snapshot.keyspaceHash ?? -1),"), "\(hash.output)\(hash.errors); \(comment)"
        )
        let found = try await standIn.etcdctl(name, 0, "get", "mark")
        let then = try await standIn.etcdctl("main", 0, "get", "mark", "--rev=\(revision)")
        #expect(then.output.hasPrefix("mark\n"), "\(then.errors)")
        #expect(found.output == then.output, "\(name): \(found.errors); \(comment)")
    }

    private struct Event: Decodable {
        struct Object: Decodable { var uid: String? }

        var involvedObject: Object
        var reason: String?
        var type: String?
        var count: Int?
    }

    /// Nothing is warned of, and success is told once at most: who is killed between status and Event tells it never.
    func expectCalmEvents(about uid: String?, success: String, _ comment: Comment) async throws {
        struct List: Decodable { var items: [Event] }
        // They follow the status that they are about.
        let events = try await eventually("Event about \(uid ?? "nothing")") {
            let text = try await kubectl.output(
                "get", "events", "--field-selector=involvedObject.uid=\(uid ?? "")", "-o", "json")
            let events = try JSONDecoder().decode(List.self, from: Data(text.utf8)).items
            return events.isEmpty ? nil : events
        }
        #expect(events.filter { $0.type != "Normal" }.compactMap(\.reason) == [], comment)
        #expect(events.filter { $0.reason == success }.reduce(0) { $0 + ($1.count ?? 1) } <= 1, comment)
    }
}

extension Disruptions {
    /// No pod is sent to the webhook any more.
    static func expectNothingArmed() async throws {
        let entries = try await InstalledPods.current.kubectl.output(
            "get", "mutatingwebhookconfiguration/etcdrecover-member-injector", "-o", "jsonpath={.webhooks[*].name}")
        #expect(entries.isEmpty, "\(entries)")
    }

    /// What a namespace has in the store, seen by a client that is not ours.
    struct Bucket: Decodable {
        /// Bytes of each by `s3://dated/key`, what lies beside snapshots included.
        var objects: [String: Int64]
        /// Keys of uploads that were begun and neither completed nor aborted.
        var uploads: [String]

        var snapshots: Set<String> { Set(objects.keys.filter { $0.hasSuffix(".db") }) }

        static func of(_ namespace: String) async throws -> Bucket {
            let stores = try TestStores.current
            let listing = Command(
                try TestStores.python, ["-c", script, stores.s3Endpoint, stores.all.id, stores.all.secret, namespace])
            return try JSONDecoder().decode(Bucket.self, from: Data(try await listing.output().utf8))
        }

        private static let script = """
            import boto3, json, sys
            endpoint, id, secret, namespace = sys.argv[1:]
            s3 = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id=id, aws_secret_access_key=secret,
                              region_name="us-east-1")
            def pages(call, name):
                for page in s3.get_paginator(call).paginate(Bucket="dated", Prefix=namespace + "/"):
                    yield from page.get(name, [])
            print(json.dumps({
                "objects": {"s3://dated/" + o["Key"]: o["Size"] for o in pages("list_objects_v2", "Contents")},
                "uploads": [u["Key"] for u in pages("list_multipart_uploads", "Uploads")]}))
            """
    }
}

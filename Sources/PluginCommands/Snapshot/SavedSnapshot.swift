import Cryptography
import EtcdClient
import EtcdRecoverModel
import ObjectStore
import SnapshotFile

/// The member whose snapshot is taken.
struct ChosenMember: Sendable {
    var endpoint: EtcdEndpoint
    /// What a person calls it: its name in the cluster, else the pod or endpoint.
    var name: String
    var place: String
    var status: MemberStatus
    var reason: String
    /// Namespace and name of its cluster's object, where it was found by that.
    var cluster: String?

    init(_ choice: SnapshotChoice, _ observations: [MemberObservation], at place: String, of cluster: String?) {
        self.cluster = cluster
        endpoint = choice.endpoint
        status = choice.status
        reason = choice.reason
        self.place = place
        let lists = observations.compactMap { try? $0.list.get().members }
        let listed = lists.lazy.flatMap { $0 }.first { $0.id == choice.member }?.name ?? ""
        name = listed.isEmpty ? place : listed
    }

    /// `m1 (8e9e05c52164694d at https://10.0.0.2:2379, etcd 3.5.30): a follower, 3 entries behind`
    var sentence: String {
        let place = place == name ? "" : " at \(place)"
        return "\(name) (\(status.header.member)\(place), etcd \(status.version)): \(reason)"
    }
}

/// A snapshot that was taken whole, and what is known of it.
struct SavedSnapshot: Sendable {
    /// Nil: it went to the standard output, or into a store.
    var file: String?
    /// What it became in a store, and its URI.
    var object: (uri: String, receipt: PutReceipt)?
    /// Of the file, its digest included.
    var bytes: Int64
    /// Of the database in it.
    var sha256: Digest?
    var storageVersion: String?
    var member: ChosenMember
    /// Nil where the file could not be read again.
    var summary: SnapshotSummary?
    /// What is wrong with the database that the member has.
    var damage: String?

    init(bytes: Int64, sha256: Digest?, storageVersion: String?, member: ChosenMember) {
        self.bytes = bytes
        self.sha256 = sha256
        self.storageVersion = storageVersion
        self.member = member
    }

    /// As `talosctl etcd snapshot` says it.
    var text: String {
        if let object {
            let facts = object.receipt.object.metadata
            let revision = facts?.revision.map { "revision \($0), " } ?? ""
            return """
                etcd snapshot saved to "\(object.uri.printable())" (\(bytes) bytes)
                snapshot info: \(revision)sha256 of the object \(facts?.sha256 ?? "not recorded")

                """
        }
        guard let file else {
            return
                "etcd snapshot written to the standard output (\(bytes) bytes), sha256 \(sha256.map(\.description) ?? "")"
        }
        var text = "etcd snapshot saved to \"\(file.printable())\" (\(bytes) bytes)\n"
        if let summary {
            text +=
                "snapshot info: hash \(summary.hash.hexadecimal), revision \(summary.revision), "
                + "total keys \(summary.totalKeys), total size \(summary.totalSize)\n"
        }
        return text
    }

    var json: JSONValue {
        .object(present: [
            "file": file.map { .string($0) }, "uri": object.map { .string($0.uri) }, "bytes": .int(bytes),
            "sha256": sha256.map { .string($0.description) },
            "hash": summary.map { .string($0.hash.hexadecimal) },
            "revision": (summary?.revision ?? object?.receipt.object.metadata?.revision).map { .int($0) },
            "totalKeys": summary.map { .int(Int64($0.totalKeys)) },
            "totalSize": summary.map { .int(Int64($0.totalSize)) },
            "objectSHA256": object?.receipt.object.metadata?.sha256.map { .string($0) },
            "storageVersion": storageVersion.map { .string($0) }, "damage": damage.map { .string($0) },
            "member": [
                "id": .string("\(member.status.header.member)"), "name": .string(member.name),
                "endpoint": .string(member.place), "version": .string(member.status.version),
                "clusterID": .string("\(member.status.header.cluster)"),
                "raftTerm": .int(Int64(clamping: member.status.raftTerm)),
                "raftAppliedIndex": .int(Int64(clamping: member.status.raftAppliedIndex)),
                "reason": .string(member.reason),
            ],
        ])
    }
}

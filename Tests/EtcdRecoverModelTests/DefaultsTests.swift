import FoundationEssentials
import Testing

@testable import EtcdRecoverModel

@Suite struct DefaultsTests {
    private static let bare: JSONValue = Sample.backup.setting([
        "spec": ["clusterRef": "main", "destination": ["s3": ["bucket": "snapshots"]]]
    ])
    private static let location = Sample.located.setting([
        "spec.source.location.destination": ["prefix": "a/", "gcs": ["bucket": "snapshots"]],
        "spec.restoreTimeout": "", "spec.target.size": .null,
    ])

    /// What is received, and the patch that fills it.
    private static let rows: [(String, JSONValue, String)] = [
        ("nothing to fill", Sample.backup, "[]"),
        ("nothing to fill in a restore", Sample.restore, "[]"),
        (
            "everything in a backup", bare,
            """
            [{"op":"add","path":"/spec/destination/provider","value":"s3"},\
            {"op":"add","path":"/spec/snapshotTimeout","value":"10m"},\
            {"op":"add","path":"/spec/retention","value":{"retainCount":0}}]
            """
        ),
        (
            "a custom endpoint",
            Sample.backup.setting(["spec.destination.s3": ["bucket": "b", "endpoint": "https://s3.example.com"]]),
            """
            [{"op":"add","path":"/spec/destination/s3/region","value":"us-east-1"},\
            {"op":"add","path":"/spec/destination/s3/forcePathStyle","value":true}]
            """
        ),
        (
            "a custom endpoint that wants host names",
            Sample.backup.setting([
                "spec.destination.s3.endpoint": "https://s3.example.com", "spec.destination.s3.forcePathStyle": false,
            ]), "[]"
        ),
        (
            "Amazon's own endpoint",
            Sample.backup.setting([
                "spec.destination.s3": ["bucket": "b", "endpoint": "https://s3.eu-west-1.amazonaws.com"]
            ]),
            "[]"
        ),
        (
            "an endpoint that is none",
            Sample.backup.setting(["spec.destination.s3": ["bucket": "b", "endpoint": "s3.example.com"]]), "[]"
        ),
        (
            "a slash at the end of the prefix", Sample.backup.setting(["spec.destination.prefix": "a/b/"]),
            #"[{"op":"replace","path":"/spec/destination/prefix","value":"a/b"}]"#
        ),
        ("prefixes that a rule refuses", Sample.backup.setting(["spec.destination.prefix": "a//"]), "[]"),
        (
            "an empty retention", Sample.backup.setting(["spec.retention": [:]]),
            #"[{"op":"add","path":"/spec/retention/retainCount","value":0}]"#
        ),
        (
            "an empty provider and timeout",
            Sample.backup.setting(["spec.destination.provider": "", "spec.snapshotTimeout": ""]),
            """
            [{"op":"replace","path":"/spec/destination/provider","value":"s3"},\
            {"op":"replace","path":"/spec/snapshotTimeout","value":"10m"}]
            """
        ),
        (
            "two blocks and no provider",
            Sample.backup.setting(["spec.destination.provider": .null, "spec.destination.gcs": ["bucket": "b"]]), "[]"
        ),
        (
            "everything in a restore", location,
            """
            [{"op":"add","path":"/spec/source/location/destination/provider","value":"gcs"},\
            {"op":"replace","path":"/spec/source/location/destination/prefix","value":"a"},\
            {"op":"add","path":"/spec/target/size","value":1},\
            {"op":"replace","path":"/spec/restoreTimeout","value":"10m"}]
            """
        ),
        (
            "a restore's version", Sample.restore.setting(["spec.target.version": .null]),
            #"[{"op":"add","path":"/spec/target/version","value":"v3.5.21"}]"#
        ),
        ("nothing to fill in a recovery", Sample.recovery, "[]"),
        (
            "everything in a recovery",
            Sample.recovery.setting([
                "spec": ["clusterRef": "main", "gracePeriod": "", "destination": ["s3": ["bucket": "snapshots"]]]
            ]),
            """
            [{"op":"add","path":"/spec/approved","value":false},\
            {"op":"replace","path":"/spec/gracePeriod","value":"60s"},\
            {"op":"add","path":"/spec/recoveryTimeout","value":"30m"},\
            {"op":"add","path":"/spec/destination/provider","value":"s3"}]
            """
        ),
        ("no spec", Sample.backup.setting(["spec": .null]), "[]"),
        (
            "an empty spec", Sample.restore.setting(["spec": [:]]),
            #"[{"op":"add","path":"/spec/restoreTimeout","value":"10m"}]"#
        ),
    ]

    @Test(arguments: rows)
    func fillsInWhatIsMissingAndNothingElse(_ name: String, received: JSONValue, patch: String) async throws {
        switch received["kind"]?.string {
        case EtcdRestore.kind: try await check(EtcdRestore.self, received, patch)
        case EtcdRecovery.kind: try await check(EtcdRecovery.self, received, patch)
        default: try await check(EtcdBackup.self, received, patch)
        }
    }

    private func check<Resource: ManagedResource>(_ type: Resource.Type, _ json: JSONValue, _ patch: String)
        async throws
    {
        let received = type.decode(json, unknownFields: .refuse).object
        let version = await received.sourceVersion(old: nil, lookup: World.prod)
        let defaulted = received.defaulted(sourceVersion: version)
        #expect(String(decoding: defaulted.defaultPatch(from: received).json, as: UTF8.self) == patch)
        #expect(defaulted.defaulted(sourceVersion: version) == defaulted)
        #expect(defaulted.defaulted(sourceVersion: "v9.9.9") == defaulted || defaulted.metadata.name == nil)
        // The patch makes of the received JSON just what the defaults make of the object.
        let patched = defaulted.defaultPatch(from: received).operations.reduce(json) { value, operation in
            value.setting([String(operation.path.dropFirst()).replacing("/", with: "."): operation.value])
        }
        #expect(type.decode(patched, unknownFields: .refuse).object == defaulted)
    }

    @Test func takesTheVersionThatTheStoredObjectHasBeforeAskingAnybody() async {
        let stored = EtcdRestore.decode(Sample.restore, unknownFields: .refuse).object
        var received = stored
        received.spec?.target?.version = nil
        #expect(await received.sourceVersion(old: stored, lookup: World()) == "v3.5.21")
        #expect(await received.sourceVersion(old: nil, lookup: World()) == nil)
    }
}

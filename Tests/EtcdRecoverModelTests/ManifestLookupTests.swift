import Testing

@testable import EtcdRecoverModel

@Suite struct ManifestLookupTests {
    private let offline = RuleOptions(unavailableLookup: .unresolved)

    @Test func whatIsNotAmongTheManifestsIsLeftOpen() async {
        let backup = EtcdBackup.decode(Sample.backup, unknownFields: .refuse)
        let lines = await backup.allFindings(lookup: ManifestLookup(), options: offline).map(\.line)
        #expect(
            lines == [
                #"unresolved lookup.unavailable spec.clusterRef: Could not be checked: whether EtcdCluster "main" exists: no such object among the manifests given"#,
                #"unresolved lookup.unavailable spec.destination.secretRef.name: Could not be checked: whether Secret "s3" has the keys and may be used by this program: no such object among the manifests given"#,
            ])
    }

    @Test func oneNoteSumsUpAnEmptyTarget() async {
        var lookup = ManifestLookup(defaultNamespace: "prod")
        lookup.add(World.completed("done"))
        let restore = EtcdRestore.decode(Sample.restore, unknownFields: .refuse)
        let lines = await restore.allFindings(lookup: lookup, options: offline).map(\.line)
        #expect(
            lines == [
                #"unresolved lookup.unavailable spec.target.name: Could not be checked: whether the target "copy" is empty: no such object among the manifests given"#
            ])
    }

    @Test func manifestsOfOneRunSeeEachOther() async {
        var lookup = ManifestLookup(defaultNamespace: "prod")
        var secret = World.secret(["accessKeyID": "AKIAEXAMPLE\n", "secretAccessKey": "x"])
        secret.metadata = ObjectMeta(name: "s3")
        lookup.add(secret)
        lookup.add(EtcdCluster(metadata: ObjectMeta(name: "main")))
        lookup.add(World.backup("x", in: "dev", cluster: "main", prefix: "backups"))
        let backup = EtcdBackup.decode(Sample.backup, unknownFields: .refuse)
        let rules = await backup.allFindings(lookup: lookup, options: offline).map(\.rule.rawValue)
        #expect(rules == ["destination.prefix.collision", "secret.key.whiteSpace"])
    }

    @Test func anObjectOfAnotherNamespaceIsAnother() async {
        var lookup = ManifestLookup(defaultNamespace: "dev")
        lookup.add(EtcdCluster(metadata: ObjectMeta(name: "main")))
        #expect(
            await lookup.etcdCluster(ObjectName(namespace: "prod", name: "main"))
                == .unavailable("no such object among the manifests given"))
        guard case .found = await lookup.etcdCluster(ObjectName(namespace: "dev", name: "main")) else {
            Issue.record("it is there")
            return
        }
    }

    @Test func twoRestoresIntoOneTargetAreRefused() async {
        var lookup = ManifestLookup(defaultNamespace: "prod")
        lookup.add(World.completed("done"))
        lookup.add(World.restore("first", into: "copy", phase: nil))
        let restore = EtcdRestore.decode(Sample.restore, unknownFields: .refuse)
        let rules = await restore.allFindings(lookup: lookup, options: offline).map(\.rule.rawValue)
        #expect(rules == ["restore.target.inFlight", "lookup.unavailable"])
    }
}

import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import PluginCommands

struct ObjectOutputTests {
    private static let done = """
        {"metadata": {"name": "nightly", "namespace": "db", "uid": "u1", "creationTimestamp": "2026-01-01T00:00:00Z",
        "labels": {"tier": "prod", "app": "etcd"}, "managedFields": [{"manager": "x"}], "unknownToUs": 1,
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}},
        "spec": {"clusterRef": "main", "destination": {"provider": "s3", "s3": {"bucket": "b"}}, "newField": {"a": [1, 2]}},
        "status": {"phase": "Completed", "snapshotLocation": "s3://b/k", "snapshotSizeBytes": 1234567,
        "completionTime": "2026-01-01T00:01:00Z", "conditions": [{"type": "Succeeded", "status": "True",
        "reason": "SnapshotUploaded", "message": "snapshot uploaded", "lastTransitionTime": "2026-01-01T00:01:00Z"}]}}
        """
    private static let fresh =
        #"{"metadata": {"name": "b", "namespace": "default"}, "spec": {"clusterRef": "other\u001b[2J"}}"#
    private static let now = Date(timeIntervalSince1970: 1_767_225_600 + 3600)

    private func backups(_ texts: String...) throws -> [WholeObject<EtcdBackup>] {
        try texts.map { try JSONDecoder().decode(WholeObject<EtcdBackup>.self, from: Data($0.utf8)) }
    }

    @Test func listHasTheColumnsOfKubectlGet() throws {
        let listing = ObjectListing(objects: try backups(Self.done, Self.fresh), namespace: "db")
        #expect(
            listing.rendered(as: nil, now: Self.now) == #"""
                NAME      CLUSTER          PROVIDER   PHASE       LOCATION   AGE
                nightly   main             s3         Completed   s3://b/k   60m
                b         other\u{1B}[2J

                """#)
    }

    @Test func wideHasMoreAndAllNamespacesHasTheNamespace() throws {
        let listing = ObjectListing(objects: try backups(Self.done), namespace: nil)
        #expect(
            listing.rendered(as: .wide, now: Self.now) == """
                NAMESPACE   NAME      CLUSTER   PROVIDER   PHASE       LOCATION   AGE   COMPLETED   SIZE     MESSAGE
                db          nightly   main      s3         Completed   s3://b/k   60m   59m         1.18Mi   snapshot uploaded

                """)
    }

    @Test func jsonKeepsFieldsThatWeDoNotKnow() throws {
        let listing = ObjectListing(objects: try backups(Self.fresh), namespace: "default")
        #expect(
            listing.rendered(as: .json, now: Self.now) == #"""
                {
                    "apiVersion": "v1",
                    "items": [
                        {
                            "apiVersion": "operator.etcd.io/v1alpha1",
                            "kind": "EtcdBackup",
                            "metadata": {
                                "name": "b",
                                "namespace": "default"
                            },
                            "spec": {
                                "clusterRef": "other\u001b[2J"
                            }
                        }
                    ],
                    "kind": "List",
                    "metadata": {
                        "resourceVersion": ""
                    }
                }

                """#)
        let all = try ObjectListing(objects: backups(Self.done), namespace: nil).rendered(as: .yaml, now: Self.now)
        #expect(all.contains("unknownToUs: 1"))
        #expect(!all.contains("managedFields"))
    }

    @Test func namesAreQualified() throws {
        let listing = ObjectListing(objects: try backups(Self.done, Self.fresh), namespace: nil)
        #expect(
            listing.rendered(as: .name, now: Self.now)
                == "etcdbackup.operator.etcd.io/nightly\netcdbackup.operator.etcd.io/b\n")
    }

    @Test func nothingToShowIsSaid() {
        let empty = ObjectListing<EtcdRestore>(objects: [], namespace: "db")
        #expect(empty.rendered(as: nil, now: Self.now).isEmpty)
        #expect(empty.emptyNote == "No resources found in db namespace.")
        #expect(ObjectListing<EtcdRestore>(objects: [], namespace: nil).emptyNote == "No resources found")
    }

    @Test func describeShowsAllThereIs() throws {
        let event = Description.ObjectEvent(
            type: "Normal", reason: "Uploaded", lastSeen: Timestamp(rawValue: "2026-01-01T00:30:00Z"),
            firstSeen: Timestamp(rawValue: "2026-01-01T00:00:00Z"), count: 3, source: "etcdrecover", message: "done")
        let description = Description(object: try backups(Self.done)[0].shown, events: [event])
        #expect(
            description.text(now: Self.now) == """
                Name:         nightly
                Namespace:    db
                Labels:       app=etcd
                              tier=prod
                Annotations:  <none>
                API Version:  operator.etcd.io/v1alpha1
                Kind:         EtcdBackup
                Created:      2026-01-01T00:00:00Z (60m ago)
                Spec:
                  Cluster Ref:  main
                  Destination:
                    Provider:  s3
                    S3:
                      Bucket:  b
                  New Field:
                    A:
                      1
                      2
                Status:
                  Completion Time:      2026-01-01T00:01:00Z
                  Phase:                Completed
                  Snapshot Location:    s3://b/k
                  Snapshot Size Bytes:  1234567
                Conditions:
                  Type        Status   Reason             Age   Message
                  Succeeded   True     SnapshotUploaded   59m   snapshot uploaded
                Events:
                  Type     Reason     Age                 From          Message
                  Normal   Uploaded   30m (x3 over 60m)   etcdrecover   done

                """)
    }

    @Test func describeOfABareObjectSaysWhatIsMissing() throws {
        let description = Description(object: try backups(Self.fresh)[0].shown, events: nil)
        #expect(
            description.text(now: Self.now) == #"""
                Name:         b
                Namespace:    default
                Labels:       <none>
                Annotations:  <none>
                API Version:  operator.etcd.io/v1alpha1
                Kind:         EtcdBackup
                Created:      <unset>
                Spec:
                  Cluster Ref:  other\u{1B}[2J
                Status:  <none>
                Conditions:  <none>
                Events:  <unknown>

                """#)
    }
}

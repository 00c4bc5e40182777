import FoundationEssentials
import Testing

@testable import EtcdRecoverModel

@Suite struct ObjectMetaTests {
    private static let whole: JSONValue = [
        "name": "a", "generateName": "a-", "namespace": "b", "labels": ["c": "d"], "annotations": ["e": "f"],
        "uid": "g", "resourceVersion": "1", "generation": 2, "creationTimestamp": "2026-01-02T03:04:05Z",
        "deletionTimestamp": "2026-01-02T03:04:06Z", "finalizers": ["h"],
        "ownerReferences": [
            [
                "apiVersion": "v1", "kind": "I", "name": "j", "uid": "k", "controller": true,
                "blockOwnerDeletion": false,
            ]
        ],
    ]

    @Test func everyFieldIsRead() throws {
        let metadata = try JSONDecoder().decode(ObjectMeta.self, from: Data(Self.whole.jsonBytes))
        for field in Mirror(reflecting: metadata).children {
            #expect(!"\(field.value)".hasPrefix("nil"), "\(field.label ?? "")")
        }
        #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(metadata)) == Self.whole)
    }

    @Test func labelsAndAnnotationsCanBeLeftOutWhateverTheyAre() throws {
        let decoder = JSONDecoder()
        decoder.userInfo = [.skipsLabelsAndAnnotations: true]
        var expected = try JSONDecoder().decode(ObjectMeta.self, from: Data(Self.whole.jsonBytes))
        expected.labels = nil
        expected.annotations = nil
        #expect(try decoder.decode(ObjectMeta.self, from: Data(Self.whole.jsonBytes)) == expected)
        let odd = Self.whole.setting(["labels": 5, "annotations": ["a"]])
        #expect(try decoder.decode(ObjectMeta.self, from: Data(odd.jsonBytes)) == expected)
    }
}

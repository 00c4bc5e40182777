/// One step of a JSON Patch.
package struct JSONPatchOperation: Codable, Equatable, Sendable {
    package var op: String
    /// A JSON Pointer.
    package var path: String
    package var value: JSONValue?
    package var from: String?

    package static func add(_ path: String, _ value: JSONValue) -> Self { Self(op: "add", path: path, value: value) }
    package static func replace(_ path: String, _ value: JSONValue) -> Self {
        Self(op: "replace", path: path, value: value)
    }
    package static func remove(_ path: String) -> Self { Self(op: "remove", path: path) }
    /// Refuses the whole patch (422) unless the value is there.
    package static func test(_ path: String, _ value: JSONValue) -> Self { Self(op: "test", path: path, value: value) }
}

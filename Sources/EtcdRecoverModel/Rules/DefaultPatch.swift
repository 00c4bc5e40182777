/// A JSON Patch (RFC 6902) that adds defaults to an object and touches nothing else.
package struct DefaultPatch: Hashable, Sendable {
    package struct Operation: Hashable, Sendable {
        package enum Verb: String, Sendable { case add, replace }

        package var verb: Verb
        /// A JSON pointer. No field of ours needs escaping in one.
        package var path: String
        package var value: JSONValue
    }

    package private(set) var operations: [Operation] = []

    package var isEmpty: Bool { operations.isEmpty }

    package init() {}

    /// Sets the field at `path`, whose parent is there already, unless `old` equals `new`.
    mutating func set<Value: Equatable>(
        _ path: @autoclosure () -> String, _ old: Value?, _ new: Value?, _ json: (Value) -> JSONValue
    ) {
        guard let new, old != new else { return }
        operations.append(Operation(verb: old == nil ? .add : .replace, path: path(), value: json(new)))
    }

    /// The patch as JSON, ready to be sent.
    package var json: [UInt8] {
        JSONValue.array(
            operations.map { operation in
                .object([
                    "op": .string(operation.verb.rawValue), "path": .string(operation.path), "value": operation.value,
                ])
            }
        ).jsonBytes
    }
}

/// Writes YAML as `kubectl get -o yaml` prints it.
package enum YAMLEmitter {
    /// The documents with `---` between them. What is read back from it has the same values; comments, anchors and
    /// the original quotes are not kept.
    package static func emit(_ documents: [YAMLNode]) -> String {
        documents.map { document in
            var writer = EventWriter()
            write(document, to: &writer)
            return writer.finish()
        }.joined(separator: "---\n")
    }

    private static func write(_ node: YAMLNode, to writer: inout EventWriter) {
        switch node.content {
        case .scalar(let scalar): write(scalar.value, to: &writer)
        case .sequence(let items):
            writer.startSequence()
            for item in items { write(item, to: &writer) }
            writer.endSequence()
        case .mapping(let entries):
            writer.startMapping()
            for entry in entries {
                write(YAMLValue.string(entry.key), to: &writer)
                write(entry.value, to: &writer)
            }
            writer.endMapping()
        }
    }

    private static func write(_ value: YAMLValue, to writer: inout EventWriter) {
        switch value {
        case .null: writer.scalar("null", .plain)
        case .bool(let value): writer.scalar(value ? "true" : "false", .plain)
        case .int(let value): writer.scalar(String(value), .plain)
        case .uint(let value): writer.scalar(String(value), .plain)
        case .double(let value): writer.scalar(NumberText.yaml(value), .plain)
        case .string(let text): writer.scalar(text, StringStyle.style(for: text))
        }
    }
}

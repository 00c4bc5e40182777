import EtcdRecoverModel

/// Writes `{"NAME": [item, …], further fields}` item by item, as JSON or YAML.
struct DataList {
    private let format: DataFormat
    private let name: String
    private var output: OutputBuffer
    private var isEmpty = true

    init(_ name: String, as format: DataFormat, on console: Console) {
        self.name = name
        self.format = format
        output = OutputBuffer(console)
    }

    mutating func append(_ item: JSONValue) throws(CommandFailure) {
        switch format {
        case .json:
            let start = isEmpty ? "{\n    \"\(name)\": [\n" : ",\n"
            // In JSON text a line's end is never part of a string.
            try output.write(start + Self.indent + item.jsonText().replacing("\n", with: "\n" + Self.indent))
        case .yaml:
            try output.write((isEmpty ? "\(name):\n" : "") + JSONValue.array([item]).yamlText())
        }
        isEmpty = false
    }

    /// Ends the document; `fields` stand behind the list.
    mutating func finish(_ fields: KeyValuePairs<String, JSONValue>) throws(CommandFailure) {
        switch format {
        case .json:
            let members = fields.map { ",\n    \"\($0.key)\": " + $0.value.jsonText().replacing("\n", with: "\n    ") }
            try output.write((isEmpty ? "{\n    \"\(name)\": []" : "\n    ]") + members.joined() + "\n}\n")
        case .yaml:
            let members = fields.map { JSONValue.object([$0.key: $0.value]).yamlText() }
            try output.write((isEmpty ? "\(name): []\n" : "") + members.joined())
        }
        try output.flush()
    }

    private static let indent = "        "
}

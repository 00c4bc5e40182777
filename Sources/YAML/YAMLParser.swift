/// Reads YAML and JSON as kubectl does, with a place for every node and bounds on everything.
package enum YAMLParser {
    /// What a text holds: its documents up to the first error.
    package struct Result: Sendable {
        package var documents: [YAMLNode]
        /// Why reading ended before the end of the text.
        package var error: YAMLError?
    }

    /// All documents of a UTF-8 text, empty ones left out. Throws when any of it cannot be read.
    package static func documents(
        in bytes: [UInt8], limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) -> [YAMLNode] {
        let result = read(bytes, limits: limits)
        if let error = result.error { throw error }
        return result.documents
    }

    /// The documents of a UTF-8 text that come before the first error, empty ones left out, and the error.
    package static func read(_ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) -> Result {
        let source = SourceText(bytes, limits: limits)
        var builder = DocumentBuilder(limits: limits)
        var documents: [YAMLNode] = []
        do throws(YAMLError) {
            for part in source.parts {
                try part.bytes.withUnsafeBufferPointer { buffer throws(YAMLError) in
                    try read(EventReader(buffer, origin: part.origin), with: &builder, into: &documents)
                }
            }
        } catch {
            return Result(documents: documents, error: error)
        }
        return Result(documents: documents, error: source.error)
    }

    private static func read(
        _ reader: consuming EventReader, with builder: inout DocumentBuilder, into documents: inout [YAMLNode]
    ) throws(YAMLError) {
        while true {
            let event = try reader.next()
            if let document = try builder.take(event) { documents.append(document) }
            if case .streamEnd = event.kind { return }
        }
    }
}

@testable import YAML

/// The only document of a text.
func node(_ text: String, limits: YAMLLimits = YAMLLimits()) throws -> YAMLNode {
    let documents = try YAMLParser.documents(in: Array(text.utf8), limits: limits)
    guard documents.count == 1 else { throw DocumentCount(documents.count) }
    return documents[0]
}

struct DocumentCount: Error {
    var count: Int
    init(_ count: Int) { self.count = count }
}

/// The only document of a text as JSON.
func json(_ text: String) throws -> String {
    String(decoding: try node(text).jsonBytes(), as: UTF8.self)
}

/// The error a text ends with, as place and message; nil when it is read whole.
func failure(_ text: String, limits: YAMLLimits = YAMLLimits()) -> String? {
    YAMLParser.read(Array(text.utf8), limits: limits).error?.description
}

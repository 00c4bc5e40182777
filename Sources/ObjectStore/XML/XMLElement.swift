/// One element of a small XML document: what S3 and STS answer with. Attributes and namespaces are dropped.
struct XMLElement: Equatable {
    /// Without its namespace prefix.
    var name: String
    /// Of the element itself, references resolved; white space around it dropped where there are children.
    var text: String
    var children: [XMLElement]

    subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The text of the child of that name.
    func text(_ name: String) -> String? { self[name]?.text }
}

struct XMLError: Error, Equatable, CustomStringConvertible {
    var reason: String
    /// Bytes from the begin.
    var offset: Int

    var description: String { "no sound XML: \(reason) at byte \(offset)" }
}

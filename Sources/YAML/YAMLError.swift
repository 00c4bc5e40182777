/// Why a source text could not be read, and where.
package struct YAMLError: Error, Equatable, CustomStringConvertible {
    package enum Problem: Equatable, Sendable {
        /// Not YAML; the parser's words.
        case syntax(String)
        /// UTF-16 or UTF-32 instead of UTF-8.
        case notUTF8(encoding: String)
        /// `offset`: of the first byte that is not UTF-8, from 0.
        case invalidUTF8(offset: Int)
        /// A character YAML does not allow, as a code point. `offset`: in bytes, from 0.
        case forbiddenCharacter(UInt32, offset: Int)
        case tooLarge(bytes: Int, limit: Int)
        case tooManyNodes(limit: Int)
        case tooDeep(limit: Int)
        case tooManyAliases(limit: Int)
        /// Aliases multiply what they stand for beyond a limit.
        case aliasesExpandTooFar
        case tooManyDirectives(limit: Int)
        case duplicateKey(String, first: Mark)
        case unknownAnchor(String)
        case anchorContainsItself(String)
        case unknownTag(String)
        /// The text does not have the type that its tag says.
        case unfitForTag(text: String, tag: YAMLTag)
        case keyHasNoString(kind: String)
        case mergeNeedsMapping
        /// Infinity and not-a-number exist in YAML only.
        case noJSON(text: String)
    }

    package var problem: Problem
    package var mark: Mark

    package init(_ problem: Problem, at mark: Mark) {
        self.problem = problem
        self.mark = mark
    }

    /// Place and message on one line.
    package var description: String { "\(mark): \(message)" }

    /// The message without the place.
    package var message: String {
        switch problem {
        case .syntax(let words): words
        case .notUTF8(let encoding): "the text is \(encoding); save it as UTF-8"
        case .invalidUTF8(let offset): "byte \(offset) is not valid UTF-8; save the text as UTF-8"
        case .forbiddenCharacter(let code, let offset):
            "character U+\(hexadecimal(code)) at byte \(offset) is not allowed in YAML; "
                + "write it as an escape in double quotes"
        case .tooLarge(let bytes, let limit): "the text has \(bytes) bytes, more than the limit of \(limit)"
        case .tooManyNodes(let limit): "the text has more than \(limit) nodes; split it"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .tooManyAliases(let limit): "more than \(limit) aliases; write the values out"
        case .aliasesExpandTooFar: "aliases multiply the text beyond what is accepted; write the values out"
        case .tooManyDirectives(let limit): "more than \(limit) %TAG directives"
        case .duplicateKey(let key, let first): "key \(quoted(key)) is already set at \(first)"
        case .unknownAnchor(let name): "alias *\(name) has no anchor &\(name) before it in this document"
        case .anchorContainsItself(let name): "alias *\(name) stands inside its own anchor &\(name)"
        case .unknownTag(let tag):
            "tag \(tag) is not understood; use !!str, !!int, !!bool, !!float, !!null or !!binary, or none"
        case .unfitForTag(let text, .binary): "!!binary value \(quoted(text)) is not base64 of UTF-8 text"
        case .unfitForTag(let text, let tag): "\(quoted(text)) cannot be read as \(tag.rawValue)"
        case .keyHasNoString(let kind): "a mapping key must be a string, found \(kind); quote it if it is meant as text"
        case .mergeNeedsMapping: "merge key << needs a mapping or a sequence of mappings as its value"
        case .noJSON(let text): "\(text) has no form in JSON; quote it if it is meant as text"
        }
    }

    /// The message, unless it quotes the text: in a Secret or a kubeconfig that may be a credential.
    package var messageWithoutText: String {
        switch problem {
        case .unfitForTag(_, let tag): "the value cannot be read as \(tag.rawValue)"
        case .noJSON: "the value has no form in JSON; quote it if it is meant as text"
        case .unknownTag: "a tag here is not understood; quote the value if it is meant as text"
        case .unknownAnchor: "an alias here has no anchor; quote the value if it is meant as text"
        case .anchorContainsItself: "an alias here stands inside its own anchor"
        case .duplicateKey(_, let first): "this key is already set at \(first)"
        default: message
        }
    }

    private func hexadecimal(_ code: UInt32) -> String {
        let digits = String(code, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// `text` as it goes into a one-line message: escaped, and cut at 60 characters.
    private func quoted(_ text: String) -> String {
        let cut = text.prefix(60)
        return "\"" + cut.unicodeScalars.map(escaped).joined() + (cut == text ? "\"" : "…\"")
    }

    private func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"", "\\": "\\\(scalar)"
        case "\n": "\\n"
        case "\u{20}"..<"\u{7F}", "\u{A0}"...: String(scalar)
        default: "\\u{\(hexadecimal(scalar.value))}"
        }
    }
}

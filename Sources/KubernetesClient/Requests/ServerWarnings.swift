import HTTPTypes

/// What the API server, or a webhook through it, wants a person to know: the texts of `Warning` headers.
enum ServerWarnings {
    static func texts(in headers: HTTPFields) -> [String] {
        HTTPField.Name("Warning").map { headers[values: $0].flatMap(parse) } ?? []
    }

    /// One field may hold several: `299 - "first", 299 - "second \"quoted\""`. Only quoted texts count.
    static func parse(_ field: String) -> [String] {
        var texts: [String] = []
        var text = ""
        var isOpen = false
        var isEscaped = false
        for character in field {
            if isEscaped {
                text.append(character)
                isEscaped = false
            } else if character == "\"" {
                if isOpen { texts.append(text) }
                text = ""
                isOpen.toggle()
            } else if isOpen, character == "\\" {
                isEscaped = true
            } else if isOpen {
                text.append(character)
            }
        }
        return texts
    }
}

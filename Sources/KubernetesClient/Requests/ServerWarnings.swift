import HTTPTypes

/// What the API server, or a webhook through it, wants a person to know: the texts of `Warning` headers.
enum ServerWarnings {
    static func texts(in headers: HTTPFields) -> [String] {
        HTTPField.Name("Warning").map { headers[values: $0].flatMap(parse) } ?? []
    }

    /// One field may hold several: `299 - "first", 299 - "second \"quoted\""`. Only quoted texts count.
    static func parse(_ field: String) -> [String] {
        var texts: [String] = []
        var text: String?
        var isEscaped = false
        for character in field {
            switch (character, text) {
            case (_, let open?) where isEscaped:
                text = open + String(character)
                isEscaped = false
            case ("\\", .some): isEscaped = true
            case ("\"", let open?):
                texts.append(open)
                text = nil
            case ("\"", nil): text = ""
            case (_, let open?): text = open + String(character)
            case (_, nil): break
            }
        }
        return texts
    }
}

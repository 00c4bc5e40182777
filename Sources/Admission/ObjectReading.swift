/// How the objects of a review are read.
enum ObjectReading {
    /// In one pass, into our types; the first value of a wrong type ends it.
    case typed
    /// As a tree where the types do not fit: it costs ten times as much, and tells every problem instead of one.
    case lenient
}

extension CodingUserInfoKey {
    /// Its value is an `ObjectReading`; without one, `typed`.
    static let objectReading = CodingUserInfoKey(rawValue: "objectReading").unsafelyUnwrapped
}

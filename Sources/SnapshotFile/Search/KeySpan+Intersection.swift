extension KeySpan {
    /// The keys that are in both; a span that holds none when there are none.
    package func intersection(_ other: KeySpan) -> KeySpan {
        let start = self.start.lexicographicallyPrecedes(other.start) ? other.start : self.start
        let end =
            switch (self.end, other.end) {
            case (let one?, let two?): one.lexicographicallyPrecedes(two) ? one : two
            case (let one, let two): one ?? two
            }
        return KeySpan(from: start, to: end)
    }
}

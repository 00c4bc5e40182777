/// One step from a node to a node inside it.
package enum PathStep: Hashable, Sendable {
    case key(String)
    case index(Int)
}

extension YAMLNode {
    /// How far a path leads.
    package struct Lookup: Sendable {
        /// The deepest node of the path that exists.
        package var node: YAMLNode
        /// The mark of the key that `node` is the value of; nil for the root and for items of a sequence.
        package var keyMark: Mark?
        /// How many steps of the path lead to `node`.
        package var steps: Int
        /// Whether the whole path exists.
        package var isComplete: Bool

        /// Where a finding about the path belongs: the key if there is one, else the node.
        package var mark: Mark { keyMark ?? node.mark }
    }

    /// The entry of a mapping with this key, which is compared byte by byte. Nil when absent or not a mapping.
    package func entry(forKey key: String) -> YAMLEntry? {
        entries?.first { $0.key.hasSameBytes(as: key) }
    }

    package func value(forKey key: String) -> YAMLNode? { entry(forKey: key)?.value }

    /// Follows `path` as far as it exists. For an absent `spec.destination.s3` this is the node at `spec.destination`,
    /// with the mark of `destination`.
    package func node(at path: [PathStep]) -> Lookup {
        var found = Lookup(node: self, keyMark: nil, steps: 0, isComplete: true)
        for step in path {
            switch step {
            case .key(let key):
                guard let entry = found.node.entry(forKey: key) else { return found.incomplete }
                found.node = entry.value
                found.keyMark = entry.keyMark
            case .index(let index):
                guard let items = found.node.items, items.indices.contains(index) else { return found.incomplete }
                found.node = items[index]
                found.keyMark = nil
            }
            found.steps += 1
        }
        return found
    }
}

extension YAMLNode.Lookup {
    fileprivate var incomplete: Self {
        var copy = self
        copy.isComplete = false
        return copy
    }
}

extension String {
    /// Equality of the UTF-8 bytes. `==` also equates different spellings of one character, which JSON keeps apart.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}

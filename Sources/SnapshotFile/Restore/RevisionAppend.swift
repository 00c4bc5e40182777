extension PageWriter {
    /// Adds a revision with an empty value at the end of the `key` bucket, and gives the bucket's new header. Only the
    /// right-most branches are copied; a full leaf stays as it is and gets a new one beside it.
    mutating func append(_ revision: RevisionKey, to database: Database) throws -> [UInt8] {
        let item = Item(revision.encoded, [])
        guard let bucket = try database.bucket("key") else { return self.bucket([item], sequence: 0) }
        switch bucket.root {
        case .inline:
            let items = try DatabaseEdit.items(of: bucket, in: database)
            return self.bucket(items + [item], sequence: bucket.sequence)
        case .page(let id):
            return Self.bucketHeader(root: try root(appending: item, to: id, of: database), sequence: bucket.sequence)
        }
    }

    private mutating func root(appending item: Item, to id: UInt64, of database: Database) throws -> UInt64 {
        var (branches, leaf) = try Self.rightmost(from: id, in: database)
        // What takes the place of the last child, and what comes behind it.
        var replacement: Child
        var addition: Child?
        if let items = try Self.items(of: leaf, leavingRoomFor: item, pageSize: pageSize) {
            let first = items.first?.key ?? item.key
            replacement = Child(key: first, page: self.leaf(items + [item]))
        } else {
            replacement = Child(key: try leaf.entry(0).key.array, page: leaf.id)
            addition = Child(key: item.key, page: self.leaf([item]))
        }
        while let branch = branches.popLast() {
            var children = try (0..<branch.count).map { index in
                let child = try branch.child(index)
                return Child(key: child.key.array, page: child.page)
            }
            let last = children.removeLast()
            children.append(Child(key: last.key, page: replacement.page))
            if let addition { children.append(addition) }
            (replacement, addition) = split(children)
        }
        guard let addition else { return replacement.page }
        return self.branch([replacement, addition])
    }

    /// One branch, or two where the children do not fit in a page: as bbolt keeps it, at least two children in each.
    private mutating func split(_ children: [Child]) -> (Child, Child?) {
        let size = Self.size(count: children.count, data: children.reduce(0) { $0 + $1.key.count })
        guard size > pageSize || children.count > Self.mostElements, children.count >= 4 else {
            return (Child(key: children[0].key, page: branch(children)), nil)
        }
        let (left, right) = (children.dropLast(2), children.suffix(2))
        return (
            Child(key: children[0].key, page: branch(Array(left))),
            Child(key: children[left.count].key, page: branch(Array(right)))
        )
    }

    /// The items of a leaf, when they and one more fit in a page.
    private static func items(of leaf: Page, leavingRoomFor item: Item, pageSize: Int) throws -> [Item]? {
        guard leaf.overflow == 0, leaf.count < mostElements else { return nil }
        let items = try (0..<leaf.count).map { index in
            let entry = try leaf.entry(index)
            return Item(entry.key.array, entry.value.array, isBucket: entry.isBucket)
        }
        let data = (items + [item]).reduce(0) { $0 + $1.key.count + $1.value.count }
        return size(count: items.count + 1, data: data) <= pageSize ? items : nil
    }

    /// The branches from a root down to the last leaf, and that leaf.
    private static func rightmost(from root: UInt64, in database: Database) throws -> ([Page], Page) {
        var branches: [Page] = []
        var next = root
        while branches.count < Cursor.maximumDepth {
            let page = try database.page(next, .branch, .leaf)
            guard page.kind == .branch else { return (branches, page) }
            guard page.count > 0 else {
                throw Finding(page: next, offset: page.offset + 10, expected: "a branch with children", found: "none")
            }
            branches.append(page)
            next = try page.child(page.count - 1).page
        }
        throw Finding(
            page: root, expected: "a tree of at most \(Cursor.maximumDepth) levels", found: "more, or a circle of pages"
        )
    }
}

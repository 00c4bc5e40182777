/// Both meta pages, and what they say about the file.
enum MetaCheck {
    static func run(_ database: Database, _ findings: inout Findings) {
        let content = database.content
        for (id, meta) in database.metas.enumerated() {
            switch meta {
            case .success(let meta):
                let header = Page.Header(content, at: id * database.pageSize)
                if header?.id != UInt64(id) || header?.flags != Page.Kind.meta.rawValue {
                    findings.add(
                        Finding(
                            page: UInt64(id), offset: id * database.pageSize, expected: "the header of meta page \(id)",
                            found: header.map { "page \($0.id) with flags \($0.flags)" } ?? "the end of the file"))
                }
                if meta.pageSize != database.pageSize {
                    findings.add(
                        Finding(
                            page: UInt64(id), offset: id * database.pageSize + 24,
                            expected: "pages of \(database.pageSize) bytes, as the other meta page says",
                            found: "\(meta.pageSize)"))
                }
            case .failure(let finding):
                // The other one is valid, and all that can be reached from it is looked at.
                findings.add(
                    Finding(
                        .warning, page: UInt64(id), offset: finding.offset, expected: finding.expected,
                        found: finding.found))
            }
        }
        checkTransactions(database, &findings)
        checkSize(database, &findings)
    }

    private static func checkTransactions(_ database: Database, _ findings: inout Findings) {
        let transactions = database.metas.compactMap { try? $0.get().transaction }
        guard transactions.count == 2, let newer = transactions.max(), let older = transactions.min() else { return }
        guard newer - older != 1 else { return }
        findings.add(
            Finding(
                .warning, page: 1, offset: database.pageSize + 64,
                expected: "meta pages of transactions that follow each other", found: "\(older) and \(newer)"))
    }

    private static func checkSize(_ database: Database, _ findings: inout Findings) {
        let content = database.content.count
        if database.imageSize > content {
            findings.add(Finding.shortened(database))
        } else if database.trailer != nil, database.imageSize < content {
            findings.add(
                Finding(
                    .warning, offset: database.imageSize,
                    expected: "the SHA-256 right behind the \(database.meta.highWater) pages in use",
                    found: "\(content - database.imageSize) bytes between"))
        }
        if database.meta.highWater < 4 {
            findings.add(
                Finding(
                    page: 0, offset: 56, expected: "a high-water mark of at least 4 pages",
                    found: "\(database.meta.highWater)"))
        }
    }
}

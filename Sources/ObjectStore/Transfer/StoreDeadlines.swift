package import HTTP

/// How long single requests may take.
package struct StoreDeadlines: Equatable, Sendable {
    package var call: Deadlines
    /// For bodies of any size.
    package var transfer: Deadlines
    /// The store may take minutes to put an upload's parts together.
    package var completion: Deadlines

    package init(
        call: Deadlines = .call, transfer: Deadlines = .transfer,
        completion: Deadlines = Deadlines(total: .seconds(900), idle: .seconds(300))
    ) {
        self.call = call
        self.transfer = transfer
        self.completion = completion
    }

    enum Kind: Sendable {
        case call, transfer, completion
    }

    subscript(kind: Kind) -> Deadlines {
        switch kind {
        case .call: call
        case .transfer: transfer
        case .completion: completion
        }
    }
}

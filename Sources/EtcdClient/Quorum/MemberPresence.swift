/// What the platform says of one member that does not answer: whether anything is left that could.
package struct MemberPresence: Hashable, Sendable {
    /// What runs the member.
    package enum Pod: Hashable, Sendable {
        case absent
        /// There, but no node takes it, and why.
        case pending(reason: String)
        /// On a node, and its containers are being made.
        case starting
        /// Its containers run, or are started again when they end.
        case running
        /// Ended for good, and why.
        case failed(reason: String)
    }

    /// Where the member's data are.
    package enum Volume: Hashable, Sendable {
        case bound
        /// Not bound yet. One that was never goes back to this, so it is new.
        case pending
        /// There is no claim, or what it was bound to is gone.
        case absent
        /// Newer than what the member was last heard of, so that it is empty: a claim that was made anew or, where there is
        /// none by design, the pod.
        case replaced
        /// By design: the data live as long as the pod.
        case none
    }

    /// As the member list has it.
    package var name: String
    package var isLearner: Bool
    package var pod: Pod
    package var volume: Volume
    /// Of the pod's node; nil where it has none, or nobody knows.
    package var isNodeReady: Bool?

    package init(name: String, isLearner: Bool = false, pod: Pod, volume: Volume, isNodeReady: Bool? = nil) {
        self.name = name
        self.isLearner = isLearner
        self.pod = pod
        self.volume = volume
        self.isNodeReady = isNodeReady
    }
}

extension MemberPresence {
    /// Whether the member can be back without anybody's help.
    package enum Outlook: Hashable, Sendable {
        case mayReturn
        /// Its data may still be there, and nothing runs that would bring them back.
        case cannotReturn
        /// Its data are gone, whatever becomes of its pod: what came back would be another member.
        case dataGone
    }

    package var outlook: Outlook { conclusion.outlook }

    /// One sentence.
    package var reason: String { "\(name) \(conclusion.reason)" }

    private var conclusion: (outlook: Outlook, reason: String) {
        switch (volume, pod) {
        case (.absent, _): (.dataGone, "has lost its volume, and its data with it")
        case (.pending, _): (.dataGone, "has a new volume that is not bound yet: its data are gone")
        case (.replaced, _): (.dataGone, "was made anew and is empty: its data are gone")
        case (.none, .absent): (.dataGone, "has no pod, and its data were in it")
        case (.none, .pending(let reason)):
            (.dataGone, "has a new pod that no node takes (\(reason)), and its data were in the one before")
        case (.none, .failed(let reason)): (.dataGone, "has a pod that failed (\(reason)), and its data were in it")
        case (.bound, .absent): (.cannotReturn, "has its volume, and no pod")
        case (.bound, .pending(let reason)):
            (.cannotReturn, "has its volume, and a pod that no node takes: \(reason)")
        case (.bound, .failed(let reason)): (.cannotReturn, "has its volume, and a pod that failed: \(reason)")
        case (.bound, .starting), (.none, .starting): (.mayReturn, "is being started" + node)
        case (.bound, .running), (.none, .running): (.mayReturn, "has a pod that runs, and may answer again" + node)
        }
    }

    /// A node that is away may come back, with what is on it: nobody can tell from here.
    private var node: String { isNodeReady == false ? ", once its node is ready" : "" }
}

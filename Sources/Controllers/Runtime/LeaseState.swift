import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient

/// Who leads, as one of several sees it. No clock: times are arguments, counted from any fixed point of this process, for
/// the clocks of the others are not to be trusted. A lease has run out when it was seen unchanged for its whole duration.
struct LeaseState: Sendable {
    let identity: String
    let timing: LeaseTiming
    private(set) var seen: Lease?
    private var since: Duration = .zero

    init(identity: String, timing: LeaseTiming) {
        self.identity = identity
        self.timing = timing
    }

    enum Step: Hashable, Sendable {
        case create
        /// Write this; the version of the object it was read from is in it.
        case write(Lease)
        /// Somebody else leads; look again then.
        case wait(Duration)
    }

    mutating func observe(_ lease: Lease?, at now: Duration) {
        if lease?.spec != seen?.spec || seen == nil { since = now }
        seen = lease
    }

    var isHeld: Bool { seen?.spec?.holderIdentity == identity }

    /// `date` is only written down, for people.
    func step(at now: Duration, date: Date) -> Step {
        guard var lease = seen else { return .create }
        let holder = lease.spec?.holderIdentity ?? ""
        let lasts = Duration.seconds(Int(lease.spec?.leaseDurationSeconds ?? 0))
        guard holder.isEmpty || holder == identity || now - since >= lasts else { return .wait(timing.retry) }
        var spec = lease.spec ?? Lease.Spec()
        if holder != identity {
            spec.acquireTime = MicroTimestamp(date)
            spec.leaseTransitions = (spec.leaseTransitions ?? 0) + 1
        }
        spec.holderIdentity = identity
        spec.leaseDurationSeconds = timing.durationSeconds
        spec.renewTime = MicroTimestamp(date)
        lease.spec = spec
        return .write(lease)
    }

    /// What a new lease says.
    func first(name: String, namespace: String, date: Date) -> Lease {
        Lease(
            metadata: ObjectMeta(name: name, namespace: namespace),
            spec: Lease.Spec(
                holderIdentity: identity, leaseDurationSeconds: timing.durationSeconds,
                acquireTime: MicroTimestamp(date), renewTime: MicroTimestamp(date), leaseTransitions: 0))
    }

    /// What lets the next one in at once; nil when it is not ours to give.
    func released(date: Date) -> Lease? {
        guard isHeld, var lease = seen else { return nil }
        lease.spec?.holderIdentity = ""
        lease.spec?.leaseDurationSeconds = 1
        lease.spec?.renewTime = MicroTimestamp(date)
        return lease
    }
}

/// How long a lease lasts, and when it is written. Client-go's, which clusters are used to.
package struct LeaseTiming: Hashable, Sendable {
    /// How long the others wait after the last renewal that they saw.
    package var duration: Duration
    /// How long a leader goes on without having renewed. Less than `duration`: it must have stopped before another begins.
    package var renewal: Duration
    package var retry: Duration

    package init(
        duration: Duration = .seconds(15), renewal: Duration = .seconds(10), retry: Duration = .seconds(2)
    ) {
        self.duration = duration
        self.renewal = renewal
        self.retry = retry
    }

    var durationSeconds: Int32 { Int32(clamping: max(1, duration.components.seconds)) }
}

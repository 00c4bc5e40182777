package import EtcdRecoverModel
package import FoundationEssentials

/// A `coordination.k8s.io/v1` Lease.
package struct Lease: KubernetesResource, Hashable {
    package static let apiVersion = "coordination.k8s.io/v1"
    package static let kind = "Lease"
    package static let plural = "leases"

    package struct Spec: Codable, Hashable, Sendable {
        package var holderIdentity: String?
        package var leaseDurationSeconds: Int32?
        package var acquireTime: MicroTimestamp?
        package var renewTime: MicroTimestamp?
        package var leaseTransitions: Int32?

        package init(
            holderIdentity: String? = nil, leaseDurationSeconds: Int32? = nil, acquireTime: MicroTimestamp? = nil,
            renewTime: MicroTimestamp? = nil, leaseTransitions: Int32? = nil
        ) {
            self.holderIdentity = holderIdentity
            self.leaseDurationSeconds = leaseDurationSeconds
            self.acquireTime = acquireTime
            self.renewTime = renewTime
            self.leaseTransitions = leaseTransitions
        }
    }

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta
    package var spec: Spec?

    package init(metadata: ObjectMeta, spec: Spec? = nil) {
        self.metadata = metadata
        self.spec = spec
    }
}

/// A `metav1.MicroTime`: RFC 3339 in UTC with exactly six digits of the second's fraction, kept as written.
package struct MicroTimestamp: RawRepresentable, Codable, Hashable, Sendable {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package init(_ date: Date) {
        let microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
        let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let whole = Timestamp(Date(timeIntervalSince1970: Double(seconds))).rawValue
        let digits = String(fraction)
        rawValue = "\(whole.dropLast()).\(String(repeating: "0", count: 6 - digits.count))\(digits)Z"
    }

    /// Nil when the text is not RFC 3339.
    package var date: Date? { Timestamp(rawValue: rawValue).date }
}

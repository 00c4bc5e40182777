import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import Testing

@testable import Controllers

struct LeaseStateTests {
    private let timing = LeaseTiming(duration: .seconds(15), renewal: .seconds(10), retry: .seconds(2))
    private let date = Date(timeIntervalSince1970: 1_700_000_000)

    private func state() -> LeaseState { LeaseState(identity: "me", timing: timing) }

    private func lease(_ holder: String, renewed: Int = 0, seconds: Int32 = 15) -> Lease {
        Lease(
            metadata: ObjectMeta(name: "l", namespace: "n"),
            spec: Lease.Spec(
                holderIdentity: holder, leaseDurationSeconds: seconds,
                renewTime: MicroTimestamp(date.addingTimeInterval(Double(renewed))), leaseTransitions: 3))
    }

    private func holder(_ step: LeaseState.Step) -> String? {
        if case .write(let lease) = step { lease.spec?.holderIdentity } else { nil }
    }

    @Test func aLeaseThatIsNotThereIsCreated() {
        var state = state()
        state.observe(nil, at: .zero)
        #expect(state.step(at: .zero, date: date) == .create)
        let first = state.first(name: "l", namespace: "n", date: date)
        #expect(first.spec?.holderIdentity == "me")
        #expect(first.spec?.leaseDurationSeconds == 15)
    }

    /// Whatever time it names: the other's clock is not ours.
    @Test func anothersIsWaitedForUntilItWasSeenUnchangedForItsDuration() {
        var state = state()
        state.observe(lease("other", renewed: -100_000), at: .seconds(1))
        #expect(state.step(at: .seconds(1), date: date) == .wait(.seconds(2)))
        state.observe(lease("other", renewed: -100_000), at: .seconds(15))
        #expect(state.step(at: .seconds(15), date: date) == .wait(.seconds(2)))
        #expect(holder(state.step(at: .seconds(16), date: date)) == "me")
    }

    @Test func aRenewalStartsTheWaitAnew() {
        var state = state()
        state.observe(lease("other"), at: .seconds(1))
        state.observe(lease("other", renewed: 2), at: .seconds(15))
        #expect(state.step(at: .seconds(29), date: date) == .wait(.seconds(2)))
        #expect(holder(state.step(at: .seconds(30), date: date)) == "me")
    }

    @Test func whoTakesOverCountsATransitionAndKeepsTheObjectsVersion() throws {
        var state = state()
        var free = lease("")
        free.metadata.resourceVersion = "77"
        state.observe(free, at: .zero)
        guard case .write(let taken) = state.step(at: .zero, date: date) else {
            Issue.record("a lease that nobody holds is taken")
            return
        }
        #expect(taken.metadata.resourceVersion == "77")
        #expect(taken.spec?.leaseTransitions == 4)
        #expect(taken.spec?.acquireTime == MicroTimestamp(date))
        state.observe(taken, at: .seconds(1))
        #expect(state.isHeld)
        guard case .write(let renewed) = state.step(at: .seconds(2), date: date.addingTimeInterval(2)) else {
            Issue.record("one's own lease is renewed")
            return
        }
        #expect(renewed.spec?.leaseTransitions == 4)
        #expect(renewed.spec?.acquireTime == MicroTimestamp(date))
        #expect(renewed.spec?.renewTime == MicroTimestamp(date.addingTimeInterval(2)))
    }

    @Test func onlyOnesOwnIsGivenBack() {
        var state = state()
        state.observe(lease("other"), at: .zero)
        #expect(state.released(date: date) == nil)
        state.observe(lease("me"), at: .zero)
        #expect(state.released(date: date)?.spec?.holderIdentity == "")
    }
}

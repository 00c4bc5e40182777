import CoreMetrics
import Synchronization

/// One series of the exposition.
protocol PrometheusSeries: AnyObject, Sendable {
    func write(_ name: String, _ labels: LabelSet, to text: inout String)
}

final class CounterSeries: CounterHandler, PrometheusSeries {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) { value.add(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ name: String, _ labels: LabelSet, to text: inout String) {
        writeSample(name, labels.text, "\(value.load(ordering: .relaxed))", to: &text)
    }
}

final class GaugeSeries: MeterHandler, RecorderHandler, PrometheusSeries {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func write(_ name: String, _ labels: LabelSet, to text: inout String) {
        writeSample(name, labels.text, sample(value.withLock { $0 }), to: &text)
    }
}

/// Durations in seconds, or plain values, in buckets.
final class HistogramSeries: TimerHandler, RecorderHandler, PrometheusSeries {
    private struct State {
        var counts: [Int64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }

    func write(_ name: String, _ labels: LabelSet, to text: inout String) {
        let state = state.withLock { $0 }
        let prefix = labels.text.isEmpty ? "" : labels.text + ","
        var total: Int64 = 0
        for (bound, count) in zip(bounds.map(sample) + ["+Inf"], state.counts) {
            total += count
            writeSample(name + "_bucket", "\(prefix)le=\"\(bound)\"", "\(total)", to: &text)
        }
        writeSample(name + "_sum", labels.text, sample(state.sum), to: &text)
        writeSample(name + "_count", labels.text, "\(total)", to: &text)
    }
}

private func writeSample(_ name: String, _ labels: String, _ value: String, to text: inout String) {
    text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
}

/// Whole numbers without a fraction, as Prometheus' own clients write them.
private func sample(_ value: Double) -> String {
    if let whole = Int64(exactly: value) { String(whole) } else { "\(value)" }
}

package import CoreMetrics
import Synchronization

/// A swift-metrics backend that keeps every series in memory and writes them in Prometheus' text format.
///
/// Labels here are metric names as Prometheus wants them. A series lives as long as the registry: whoever makes metrics
/// bounds their dimensions.
package final class PrometheusRegistry: MetricsFactory {
    /// Upper bounds of histogram buckets, in seconds: an admission call is allowed 10, and most take under one millisecond.
    static let buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Family {
        var type: MetricType
        var series: [LabelSet: any PrometheusSeries] = [:]
    }

    private let families = Mutex<[String: Family]>([:])
    private let help: [String: String]
    private let bounds: [Double]

    /// `help` says what each metric means, by name; `buckets` are the upper bounds of histograms, in seconds.
    package init(help: [String: String] = [:], buckets: [Double]? = nil) {
        self.help = help
        bounds = buckets ?? Self.buckets
    }

    /// All series, families by name and series by labels, as `text/plain; version=0.0.4`.
    package func exposition() -> String {
        let snapshot = families.withLock { $0 }
        var text = ""
        for (name, family) in snapshot.sorted(by: { $0.key < $1.key }) {
            if let help = help[name] { text += "# HELP \(name) \(help)\n" }
            text += "# TYPE \(name) \(family.type.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key.text < $1.key.text }) {
                series.write(name, labels, to: &text)
            }
        }
        return text
    }

    private func series<Series: PrometheusSeries>(
        _ name: String, _ dimensions: [(String, String)], _ type: MetricType, make: () -> Series
    ) -> Series {
        families.withLock { families in
            var family = families[name] ?? Family(type: type)
            precondition(family.type == type, "\(name) is both \(family.type.rawValue) and \(type.rawValue)")
            let labels = LabelSet(dimensions)
            if let known = family.series[labels] as? Series { return known }
            let made = make()
            family.series[labels] = made
            families[name] = family
            return made
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { CounterSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { GaugeSeries() }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate {
            series(label, dimensions, .histogram) { HistogramSeries(bounds: self.bounds) }
        } else {
            series(label, dimensions, .gauge) { GaugeSeries() }
        }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .histogram) { HistogramSeries(bounds: self.bounds) }
    }

    // Series outlive their handles: a counter that vanished and came back would look like a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}

enum MetricType: String {
    case counter, gauge, histogram
}

/// Dimensions as they stand between braces, ready to be written.
struct LabelSet: Hashable {
    var text: String

    init(_ dimensions: [(String, String)]) {
        text = dimensions.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}

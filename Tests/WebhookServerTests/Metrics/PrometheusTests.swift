import CoreMetrics
import EtcdRecoverModel
import Testing

@testable import WebhookServer

struct PrometheusTests {
    @Test
    func seriesAreWrittenAsPrometheusReadsThem() {
        let registry = PrometheusRegistry(help: ["requests_total": "Requests."])
        Counter(label: "requests_total", dimensions: [("path", "/a\"b\\c\nd")], factory: registry).increment(by: 3)
        Meter(label: "level", factory: registry).set(1.5)
        #expect(
            registry.exposition() == """
                # TYPE level gauge
                level 1.5
                # HELP requests_total Requests.
                # TYPE requests_total counter
                requests_total{path="/a\\"b\\\\c\\nd"} 3

                """)
    }

    @Test
    func histogramsAreCumulative() {
        let series = HistogramSeries(bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { series.record(value) }
        var text = ""
        series.write("wait_seconds", LabelSet([("a", "b")]), to: &text)
        #expect(
            text == """
                wait_seconds_bucket{a="b",le="0.1"} 2
                wait_seconds_bucket{a="b",le="1"} 3
                wait_seconds_bucket{a="b",le="+Inf"} 4
                wait_seconds_sum{a="b"} 7.65
                wait_seconds_count{a="b"} 4

                """)
    }

    @Test
    func theSameSeriesIsCountedOnce() {
        let registry = PrometheusRegistry()
        for _ in 0..<2 { Counter(label: "a", dimensions: [("b", "c")], factory: registry).increment() }
        #expect(registry.exposition() == "# TYPE a counter\na{b=\"c\"} 2\n")
    }

    /// A rate over a series that appears with its first event misses that event.
    @Test
    func everySeriesIsThereFromTheStartAndNoClientCanMakeMore() async throws {
        let metrics = WebhookMetrics(rules: RuleCatalogue.all.map(\.id))
        let names = { Set(metrics.exposition().split(separator: "\n").map { $0.prefix { $0 != " " } }) }
        let before = names()
        try await withReviews(metrics: metrics) { port in
            _ = try await exchange(post(review(), to: "/mutate"), port: port)
            _ = try await exchange(post(review(#"{"clusterRef":"A B"}"#)), port: port)
            _ = try await exchange(post(review().replacing("EtcdBackup", with: "EtcdWhatever")), port: port)
            _ = try await exchange(post(review().replacing("705ab4f5", with: "")), port: port)
            _ = try await exchange(post("x", to: "/elsewhere"), port: port)
            let pod = review().replacing("operator.etcd.io", with: "").replacing("v1alpha1", with: "v1")
                .replacing("EtcdBackup", with: "Pod")
            for namespace in ["prod", "test"] {
                _ = try await exchange(post(pod, to: "/inject/etcdrestores/\(namespace)/back/0-1"), port: port)
            }
        }
        #expect(names() == before)
        let text = metrics.exposition()
        for series in [
            #"etcdrecover_admission_reviews_total{path="/mutate",kind="EtcdBackup",operation="CREATE",allowed="true"} 1"#,
            #"etcdrecover_admission_reviews_total{path="/validate",kind="EtcdBackup",operation="CREATE",allowed="false"} 1"#,
            #"etcdrecover_admission_reviews_total{path="/validate",kind="other",operation="CREATE",allowed="false"} 1"#,
            #"etcdrecover_admission_denials_total{rule="backup.clusterRef.invalid"} 1"#,
            #"etcdrecover_admission_duration_seconds_count{path="/validate"} 2"#,
            #"etcdrecover_http_refusals_total{code="400"} 1"#, #"etcdrecover_http_refusals_total{code="404"} 1"#,
            #"etcdrecover_injections_total{result="refused"} 1"#, #"etcdrecover_injections_total{result="passed"} 1"#,
            #"etcdrecover_injections_total{result="injected"} 0"#,
            #"etcdrecover_admission_duration_seconds_count{path="/inject"} 2"#,
            #"etcdrecover_lookup_failures_total{lookup="secret"} 0"#,
            #"etcdrecover_build_info{version="\#(Version.current)"} 1"#,
        ] {
            #expect(text.contains("\n\(series)\n"), "\(series)")
        }
    }
}

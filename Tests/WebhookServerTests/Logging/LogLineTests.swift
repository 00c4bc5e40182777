import FoundationEssentials
import Logging
import Testing

@testable import WebhookServer

struct LogLineTests {
    static let metadata: Logger.Metadata = [
        "name": "two words", "allowed": .stringConvertible(false), "duration_ms": .stringConvertible(0.25),
        "rules": ["a.b", "c"], "level": "of water", "empty": "",
    ]

    private func line(_ format: LogFormat, _ message: Logger.Message, _ metadata: Logger.Metadata = metadata) -> String
    {
        let event = LogEvent(
            level: .info, message: message, metadata: nil, source: "test", file: #fileID, function: #function,
            line: #line)
        let bytes = LogLine(time: Date(timeIntervalSince1970: 1_800_000_000.25), event: event, metadata: metadata)
            .bytes(as: format)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test
    func jsonKeepsTypesAndEscapes() {
        #expect(
            line(.json, "said \"no\"\n\u{1}") == """
                {"time":"2027-01-15T08:00:00.250Z","level":"info","message":"said \\"no\\"\\n\\u0001","allowed":false,\
                "duration_ms":0.25,"empty":"","level_":"of water","name":"two words","rules":["a.b","c"]}

                """)
    }

    @Test
    func textStaysOnOneLine() {
        #expect(
            line(
                .text, "said\nno",
                [
                    "name": "two words", "rules": ["a.b", "c"], "user": "a\u{1B}[31m", "plain": "x", "quoted": "\"",
                    "empty": "",
                ])
                    == """
                    2027-01-15T08:00:00.250Z info said no empty="" name="two words" plain=x quoted="\\"" rules=a.b,c user="a [31m"

                    """)
    }

    @Test
    func aDeniedReviewIsOneLineAndAnAdmittedOneIsNoneUnlessSomebodyDebugs() async throws {
        let lines = Lines()
        try await withReviews(lines: lines) { port in
            _ = try await exchange(post(review(), to: "/mutate"), port: port)
            _ = try await exchange(post(review(#"{"clusterRef":"A B"}"#)), port: port)
        }
        let reviews = lines.text.split(separator: "\n").filter { $0.contains("review ") }
        #expect(reviews.count == 2)
        #expect(reviews[0].contains(#""level":"debug","message":"review allowed","allowed":true,"#))
        let denied = try JSONDecoder().decode([String: LogValue].self, from: Data(reviews[1].utf8))
        #expect(denied["level"] == .text("info"))
        #expect(denied["message"] == .text("review denied"))
        #expect(denied["uid"] == .text("705ab4f5"))
        #expect(denied["kind"] == .text("EtcdBackup"))
        #expect(denied["namespace"] == .text("prod"))
        #expect(denied["name"] == .text("nightly"))
        #expect(denied["operation"] == .text("CREATE"))
        #expect(denied["user"] == .text("jane"))
        #expect(denied["rules"] == .list(["backup.clusterRef.invalid", "destination.required"]))
    }

    @Test
    func valuesOfSecretsAreWrittenNowhere() async throws {
        let lines = Lines()
        let metrics = WebhookMetrics(rules: [])
        let answers = try await withReviews(lines: lines, metrics: metrics) { port in
            var answers = ""
            for provider in ["s3", "gcs"] {
                let spec =
                    #"{"clusterRef":"orders","destination":{"provider":"\#(provider)","\#(provider)":{"bucket":"backups"},"#
                    + #""secretRef":{"name":"keys"}}}"#
                for path in ["/mutate", "/validate"] {
                    answers += try #require(try await exchange(post(review(spec), to: path), port: port)).body
                }
            }
            return answers
        }
        #expect(answers.contains("spec.destination.secretRef"), "the rules have looked into the Secret")
        let written = answers + lines.text + metrics.exposition()
        for value in [secretValue, secretKeyID, Data(secretValue.utf8).base64EncodedString()] {
            #expect(!written.contains(value))
        }
    }
}

enum LogValue: Decodable, Equatable {
    case text(String), bool(Bool), number(Double), list([String])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .list(try container.decode([String].self))
        }
    }
}

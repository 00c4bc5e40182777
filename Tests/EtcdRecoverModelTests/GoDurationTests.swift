import Testing

@testable import EtcdRecoverModel

@Suite struct GoDurationTests {
    @Test(
        arguments: [
            ("0", 0), ("+0", 0), ("-0", 0), ("0s", 0), ("5s", 5_000_000_000), ("30s", 30_000_000_000),
            ("1478s", 1_478_000_000_000), ("-5s", -5_000_000_000), ("+5s", 5_000_000_000), ("5.0s", 5_000_000_000),
            ("5.6s", 5_600_000_000), ("5.s", 5_000_000_000), (".5s", 500_000_000), ("1.0s", 1_000_000_000),
            ("1.004s", 1_004_000_000), ("100.00100s", 100_001_000_000), ("10ns", 10), ("11us", 11_000),
            ("12\u{B5}s", 12_000), ("12\u{3BC}s", 12_000), ("13ms", 13_000_000), ("15m", 900_000_000_000),
            ("16h", 57_600_000_000_000), ("3h30m", 12_600_000_000_000), ("10.5s4m", 250_500_000_000),
            ("-2m3.4s", -123_400_000_000), ("1h2m3s4ms5us6ns", 3_723_004_005_006),
            ("39h9m14.425s", 140_954_425_000_000),
            ("52763797000ns", 52_763_797_000), ("0.3333333333333333333h", 1_200_000_000_000),
            ("9007199254740993ns", 9_007_199_254_740_993), ("9223372036854775807ns", .max),
            ("9223372036854775.807us", .max), ("-9223372036854775808ns", .min), ("-9223372036854775.808us", .min),
            ("-9223372036s854ms775us808ns", .min), ("0.100000000000000000000h", 360_000_000_000),
            ("0.830103483285477580700h", 2_988_372_539_827),
        ] as [(String, Int64)])
    func readsWhatGoReads(_ text: String, nanoseconds: Int64) throws {
        #expect(try GoDuration(parsing: text).nanoseconds == nanoseconds)
    }

    @Test(
        arguments: [
            ("", .malformed), ("3", .missingUnit), ("-", .malformed), ("s", .malformed), (".", .malformed),
            ("-.", .malformed), (".s", .malformed), ("+.s", .malformed), ("1d", .unknownUnit("d")), (" 1s", .malformed),
            ("1s ", .unknownUnit("s ")), ("1 s", .unknownUnit(" s")), ("--1s", .malformed), ("1e3s", .unknownUnit("e")),
            ("1.2.3s", .missingUnit), ("1M", .unknownUnit("M")), ("١s", .malformed),
            ("9223372036854775810ns", .tooLong),
            ("9223372036854775808ns", .tooLong), ("-9223372036854775809ns", .tooLong), ("9223372036854776us", .tooLong),
            ("3000000h", .tooLong), ("9223372036854775.808us", .tooLong), ("9223372036854ms775us808ns", .tooLong),
            ("99999999999999999999s", .tooLong),
        ] as [(String, GoDuration.Fault)])
    func refusesWhatGoRefuses(_ text: String, fault: GoDuration.Fault) {
        #expect(throws: fault) { try GoDuration(parsing: text) }
    }

    @Test(
        arguments: [
            (0, "0s"), (1, "1ns"), (1_100, "1.1\u{B5}s"), (2_200_000, "2.2ms"), (3_300_000_000, "3.3s"),
            (245_000_000_000, "4m5s"), (245_001_000_000, "4m5.001s"), (18_367_001_000_000, "5h6m7.001s"),
            (480_000_000_001, "8m0.000000001s"), (600_000_000_000, "10m0s"), (.max, "2562047h47m16.854775807s"),
            (.min, "-2562047h47m16.854775808s"),
        ] as [(Int64, String)])
    func printsAsGoPrints(_ nanoseconds: Int64, text: String) throws {
        #expect(GoDuration(nanoseconds: nanoseconds).description == text)
        #expect(try GoDuration(parsing: text).nanoseconds == nanoseconds)
    }
}

import Testing

@testable import EtcdRecoverModel

@Suite struct QuantityTests {
    private static let unit: Int128 = 1_000_000_000

    @Test(
        arguments: [
            ("0", 0), ("1", 1_000_000_000), ("+1", 1_000_000_000), ("-1", -1_000_000_000), ("007", 7_000_000_000),
            ("1n", 1), ("1u", 1_000), ("1m", 1_000_000), ("100m", 100_000_000), ("1.5", 1_500_000_000),
            (".5", 500_000_000),
            ("1.", 1_000_000_000), ("1k", 1_000 * unit), ("1Ki", 1_024 * unit), ("1.5Ki", 1_536 * unit),
            ("1.G", 1_000_000_000 * unit), ("8Gi", 8_589_934_592 * unit), ("1e3", 1_000 * unit), ("1E3", 1_000 * unit),
            ("1E", 1_000_000_000_000_000_000 * unit), ("1Ei", 1_152_921_504_606_846_976 * unit), ("1e-3", 1_000_000),
            ("1E+3", 1_000 * unit), ("12.5e1", 125 * unit), ("5T", 5_000_000_000_000 * unit),
            ("1.000000000000000000000000000000000", 1_000_000_000),
        ] as [(String, Int128)])
    func readsEveryNotation(_ text: String, nanos: Int128) {
        #expect(Quantity(rawValue: text).amount?.nanos == nanos)
    }

    @Test(
        arguments: [
            ("0.1n", 1), ("1.1n", 2), ("-1.1n", -2), ("1e-100", 1), ("1.0000000001", 1_000_000_001),
            ("9223372036854775807", 9_223_372_036_854_775_807 * unit),
            ("9223372036854775808", 9_223_372_036_854_775_807 * unit),
            ("8Ei", 9_223_372_036_854_775_807 * unit), ("-100E", -9_223_372_036_854_775_807 * unit),
            ("1e100", 9_223_372_036_854_775_807 * unit), ("1e99999999999", 9_223_372_036_854_775_807 * unit),
            ("99999999999999999999999999999999999999999999n", 9_223_372_036_854_775_807 * unit),
        ] as [(String, Int128)])
    func roundsAwayFromZeroAndStaysWithinBounds(_ text: String, nanos: Int128) {
        #expect(Quantity(rawValue: text).amount?.nanos == nanos)
    }

    @Test(arguments: [
        "", "+", "-", ".", "Ki", "aoeu", "1 ", " 1", "8 GB", "8GB", "1i", "1.1.M", "1+1.0M", "0.1mi", "0.1am", ".5i",
        "1e",
        "1e+", "1e3.5", "-3.01i", "12e3Mi", "1K", "1KI", "0x10", "١", "1_000", "--1", "1e--3", "∞",
    ])
    func refusesAnythingElse(_ text: String) {
        #expect(Quantity(rawValue: text).amount == nil)
    }

    @Test func comparesAcrossNotations() throws {
        let sizes = try ["1M", "1Mi", "2000k", "1Gi", "1e10"].map { try #require(Quantity(rawValue: $0).amount) }
        #expect(sizes == sizes.sorted())
        #expect(Quantity(rawValue: "8192Mi").amount == Quantity(rawValue: "8Gi").amount)
    }
}

/// Places that mean the machine or the cloud's own service to whoever connects, so no endpoint may name them.
package enum LocalPlace: String, Sendable {
    case loopback = "a loopback address"
    case linkLocal = "a link-local address"
    case unspecified = "an unspecified address"
    case metadata = "a cloud's metadata service"
}

extension Host {
    /// What local place this is, if it is one, without asking a resolver.
    package var localPlace: LocalPlace? {
        switch self {
        case .name(let name): Self.place(ofName: name)
        case .ipv4(let address): Self.place(ofIPv4: address)
        case .ipv6(let address): Self.place(ofIPv6: address)
        }
    }

    private static func place(ofName name: String) -> LocalPlace? {
        if loopbackNames.contains(name) || name.hasSuffix(".localhost") { return .loopback }
        return metadataNames.contains(name) ? .metadata : nil
    }

    private static let loopbackNames: Set<String> = [
        "localhost", "localhost4", "localhost6", "localhost.localdomain", "localhost4.localdomain4",
        "localhost6.localdomain6", "ip6-localhost", "ip6-loopback", "loopback",
    ]

    private static let metadataNames: Set<String> = [
        "metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal",
        "metadata.azure.internal", "metadata.tencentyun.com", "metadata.platformequinix.com", "metadata.packet.net",
    ]

    private static func place(ofIPv4 address: UInt32) -> LocalPlace? {
        switch address {
        // AWS and most others, Alibaba, Oracle, Azure.
        case 0xa9fe_a9fe, 0x6464_64c8, 0xc000_00c0, 0xa83f_8110: .metadata
        case _ where address >> 24 == 127: .loopback
        case _ where address >> 24 == 0: .unspecified  // "this network": Linux takes 0.0.0.0 for itself
        case _ where address >> 16 == 0xa9fe: .linkLocal
        default: nil
        }
    }

    private static func place(ofIPv6 address: UInt128) -> LocalPlace? {
        if address == 0 { return .unspecified }
        if address == 1 { return .loopback }
        if address >> 118 == 0xfe80 >> 6 { return .linkLocal }
        if metadataIPv6.contains(address) { return .metadata }
        return embeddedIPv4(address).flatMap(place(ofIPv4:))
    }

    /// fd00:ec2::254 and fd00:ec2::23 (AWS: instance metadata, EKS Pod Identity), fd20:ce::254 (Google).
    private static let metadataIPv6: Set<UInt128> = [
        0xfd00_0ec2 << 96 | 0x254, 0xfd00_0ec2 << 96 | 0x23, 0xfd20_00ce << 96 | 0x254,
    ]

    /// The IPv4 address that packets to `address` end up at, for the forms that carry one.
    private static func embeddedIPv4(_ address: UInt128) -> UInt32? {
        switch address >> 32 {
        case 0, 0xffff, 0xffff_0000, 0x64_ff9b << 64:  // compatible, mapped, translated, NAT64
            UInt32(truncatingIfNeeded: address)
        case _ where address >> 80 == 0x64_ff9b_0001:  // NAT64 with a local prefix
            UInt32(truncatingIfNeeded: address)
        case _ where address >> 112 == 0x2002:  // 6to4
            UInt32(truncatingIfNeeded: address >> 80)
        default: nil
        }
    }
}

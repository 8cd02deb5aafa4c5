import Foundation
import Loopback

/// What an invocation of a soak asks about: a name or an address that no other invocation has as its own. What
/// SecurityTrails answers about it is made of it and of the API key, so that an answer that is another's is found out.
struct SoakMark: Hashable, Sendable {
    /// What SecurityTrails does when it is asked.
    enum Behaviour: String, CaseIterable, Sendable {
        // The answer comes, in one way or another.
        case good, gzip, chunked, large, slow, drip
        // The first request of each question fails, and the second one is answered.
        case dropped, busy, limited
        // Nothing is known, or nothing good comes.
        case unknown, nonsense, cut, fault, redirect, forbidden, refused, endless, bomb, hang
    }

    /// The number of the invocation.
    let number: Int
    /// Which of the invocation's observables it is, from 0.
    var part = 0
    var behaviour = Behaviour.good
    var isAddress = false

    /// What the relay is asked about.
    var observable: JSONValue {
        ["type": .string(isAddress ? "ipv6" : "domain"), "value": .string(value)]
    }

    /// `good-17-0.soak.example`, or an IPv6 address, no group of which is 0, so that there is one spelling of it.
    var value: String {
        if !isAddress { return "\(behaviour.rawValue)-\(number)-\(part).\(Self.suffix)" }
        let index = Behaviour.allCases.firstIndex(of: behaviour) ?? 0
        return address(groups: [index + 1, part + 1, 1, 1])
    }

    static let suffix = "soak.example"

    init(_ number: Int, part: Int = 0, _ behaviour: Behaviour = .good, isAddress: Bool = false) {
        self.number = number
        self.part = part
        self.behaviour = behaviour
        self.isAddress = isAddress
    }

    /// Reads what `value` wrote; nil for anything else.
    init?(_ value: String) {
        if value.contains(":") {
            let groups = value.split(separator: ":").compactMap { Int($0, radix: 16) }
            guard groups.count == 8, Behaviour.allCases.indices.contains(groups[2] - 1) else { return nil }
            self.init(
                (groups[6] - 1) << 12 + (groups[7] - 1),
                part: groups[3] - 1,
                Behaviour.allCases[groups[2] - 1],
                isAddress: true
            )
        } else {
            let words = value.split(separator: ".").first?.split(separator: "-") ?? []
            guard value.hasSuffix("." + Self.suffix), words.count == 3, let number = Int(words[1]),
                let part = Int(words[2]), let behaviour = Behaviour(rawValue: String(words[0]))
            else { return nil }
            self.init(number, part: part, behaviour)
        }
    }

    // MARK: - What SecurityTrails knows of it

    /// The values that belong to it, for that customer: of IPv4 and IPv6 addresses, or of names.
    func related(to customer: String) -> [[String]] {
        let count = behaviour == .large ? 100 : 1 + number % 5
        let salt = customer.utf8.reduce(UInt32(number * 31 + part)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        if isAddress { return [(0..<count).map { "name\($0)-\(salt)-\(number)-\(part).\(Self.suffix)" }] }
        let ipv4 = (0..<count).map { "10.\(salt >> 8 & 255).\(salt & 255).\($0 + 1)" }
        let ipv6 = (0..<count).map {
            address(groups: [Int(salt >> 16) | 1, Int(salt & 0xFFFF) | 1, part + 1, $0 + 1])
        }
        return [ipv4, ipv6]
    }

    private func address(groups: [Int]) -> String {
        let all = [0x2001, 0xDB8] + groups + [number >> 12 + 1, number & 0xFFF + 1]
        return all.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// What becomes of a question about it.
    var end: End {
        switch behaviour {
        case .good, .gzip, .chunked, .large, .slow, .drip, .dropped, .busy, .limited: .found
        case .unknown: .nothing
        case .nonsense: .error("key error")
        case .cut, .bomb: .error("unavailable")
        case .fault, .redirect, .endless: .error("unknown")
        case .forbidden: .error("authorization error")
        case .refused: .error("unauthorized")
        // It is ended by the time that the invocation has.
        case .hang: .error("unprocessed observables")
        }
    }

    enum End: Equatable {
        case found
        case nothing
        /// Of that code.
        case error(String)
    }

    /// How many requests it takes; nil if that depends on time.
    var requests: Int? {
        let questions = isAddress ? 1 : 2
        return switch behaviour {
        case .dropped, .busy, .limited: 2 * questions
        case .good, .gzip, .chunked, .large, .slow, .drip, .unknown, .nonsense, .redirect, .fault: questions
        case .cut, .forbidden, .refused, .endless, .bomb, .hang: nil
        }
    }
}

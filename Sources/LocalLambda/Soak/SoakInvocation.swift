import Foundation
import Loopback

/// One invocation of a soak: its event, and what must come of it.
package struct SoakInvocation: Sendable {
    /// What must come of it.
    enum Expectation: Sendable {
        /// Sightings of these marks, as far as they are found, and errors.
        case sightings([SoakMark], customer: String)
        /// Links for these marks.
        case links([SoakMark])
        /// A status, and a body of these codes of errors and nothing else that matters.
        case refusal(status: Int, codes: [String])
        /// The function reports an error of this type.
        case functionError(String)
    }

    let gateway: LocalGateway
    let event: Data
    let expectation: Expectation
    /// Seconds that it may take; nil: what the function may.
    var seconds: Double?
    /// The marks that are asked about and must be in memory.
    var remembered: [SoakMark] = []
    /// Whether nothing slows it down on purpose, so that its time counts.
    var isOrdinary = false
}

extension SoakInvocation {
    /// Who asks.
    package struct Tokens: Sendable {
        /// The API keys of the customers; the last one is refused by SecurityTrails.
        package static let keys = ["customer-one", "customer-two", "customer-three", "customer-refused"]

        /// A token for each of the keys.
        let customers: [String]
        /// A token that has expired.
        let expired: String
        /// A token that another secret key signed.
        let foreign: String

        package init(customers: [String], expired: String, foreign: String) {
            self.customers = customers
            self.expired = expired
            self.foreign = foreign
        }
    }

    /// What is sent, and how often in a thousand.
    private enum Kind {
        case domain, address, several, again, anotherCustomers, links, constant, bad
        case asked(SoakMark.Behaviour)
    }

    private static let mixture: [(Kind, Int)] = [
        (.domain, 487), (.address, 150), (.several, 40), (.again, 60), (.anotherCustomers, 20), (.links, 40),
        (.constant, 30), (.bad, 100),
        (.asked(.gzip), 15), (.asked(.chunked), 10), (.asked(.large), 15), (.asked(.slow), 3), (.asked(.drip), 1),
        (.asked(.dropped), 1), (.asked(.busy), 1), (.asked(.limited), 1), (.asked(.unknown), 10),
        (.asked(.nonsense), 6), (.asked(.cut), 1), (.asked(.fault), 2), (.asked(.redirect), 1),
        (.asked(.forbidden), 2), (.asked(.refused), 2), (.asked(.endless), 1), (.asked(.bomb), 1),
    ]

    /// The kinds of a thousand invocations in a row, well shuffled, and the same in every run.
    private static let kinds: [Kind] = {
        let inOrder = mixture.flatMap { kind, count in Array(repeating: kind, count: count) }
        return inOrder.indices.map { inOrder[$0 * 389 % inOrder.count] }
    }()

    /// Behind it lies nothing that is still under way, and nothing that memory could have dropped. It is one at which those
    /// that ask again find a plain domain, of the same customer.
    private static let distance = 204

    /// The invocation of that number.
    init(_ number: Int, tokens: Tokens) {
        let kinds = GatewayKind.allCases
        let gateway = LocalGateway(kinds[number / 3 % kinds.count])
        let mark = SoakMark(number)
        let earlier = SoakMark(number - Self.distance, isAddress: false)
        var kind = Self.kinds[number % Self.kinds.count]
        // One in four thousand waits until its time is over.
        if number % 4_000 == 500 { kind = .asked(.hang) }
        if !Self.isPlainDomain(earlier.number) {
            switch kind {
            case .again, .anotherCustomers: kind = .domain
            default: break
            }
        }
        let customer = number % 3
        switch kind {
        case .domain:
            self.init(gateway, [mark], customer, tokens)
            isOrdinary = true
        case .address:
            self.init(gateway, [SoakMark(number, isAddress: true)], customer, tokens)
            isOrdinary = true
        case .several:
            let marks = [
                mark, SoakMark(number, part: 1, .nonsense), SoakMark(number, part: 2, isAddress: true),
                SoakMark(number, part: 3, .unknown), SoakMark(number, part: 4),
            ]
            self.init(gateway, marks, customer, tokens)
        case .again:
            self.init(gateway, [mark, earlier], customer, tokens)
            remembered = [earlier]
            isOrdinary = true
        case .anotherCustomers:
            self.init(gateway, [mark, earlier], (customer + 1) % 3, tokens)
        case .links:
            let marks = [mark, SoakMark(number, part: 1, isAddress: true)]
            self.init(gateway, "/refer/observables", Self.body(marks), nil, .links(marks))
        case .constant:
            let paths = ["/health", "/version", "/deliberate/observables", "/tiles"]
            let path = paths[number % paths.count]
            let authorization = "Bearer " + tokens.customers[customer]
            self.init(gateway, path, "[]", authorization, .refusal(status: 200, codes: []))
        case .bad:
            self.init(bad: number / 2, gateway, mark, tokens)
        case .asked(let behaviour):
            let customer = behaviour == .refused ? 3 : customer
            // What is tried again waits before, and of a name two things are asked.
            let isTriedAgain = [.dropped, .busy, .limited].contains(behaviour)
            self.init(gateway, [SoakMark(number, behaviour, isAddress: isTriedAgain)], customer, tokens)
            if behaviour == .hang { seconds = 2.5 }
        }
    }

    /// Whether the invocation of that number asks about its own name, and nothing odd happens.
    private static func isPlainDomain(_ number: Int) -> Bool {
        guard number >= 0, number % 4_000 != 500, case .domain = kinds[number % kinds.count] else { return false }
        return true
    }

    private static func body(_ marks: [SoakMark]) -> String {
        String(decoding: JSONValue.array(marks.map(\.observable)).text(), as: UTF8.self)
    }

    /// Asks about marks.
    private init(_ gateway: LocalGateway, _ marks: [SoakMark], _ customer: Int, _ tokens: Tokens) {
        self.init(
            gateway,
            "/observe/observables",
            Self.body(marks),
            "Bearer " + tokens.customers[customer],
            .sightings(marks, customer: Tokens.keys[customer])
        )
    }

    private init(
        _ gateway: LocalGateway,
        method: String = "POST",
        _ path: String,
        _ body: String,
        _ authorization: String?,
        _ expectation: Expectation
    ) {
        let headers = authorization.map { [HTTPServer.Field("Authorization", $0)] } ?? []
        let event = gateway.event(method, path, headers: headers, body: body).text()
        self.init(gateway: gateway, event: event, expectation: expectation)
    }

    // MARK: - Bad ones

    private init(bad number: Int, _ gateway: LocalGateway, _ mark: SoakMark, _ tokens: Tokens) {
        let observe = "/observe/observables"
        let good = "Bearer " + tokens.customers[0]
        let body = Self.body([mark])
        let unauthorized = Expectation.refusal(status: 200, codes: ["authorization error"])
        let invalid = Expectation.refusal(status: 200, codes: ["invalid argument"])
        switch number % 12 {
        case 0: self.init(gateway, observe, body, nil, unauthorized)
        case 1: self.init(gateway, observe, body, "Bearer " + tokens.foreign, unauthorized)
        case 2: self.init(gateway, observe, body, "Bearer " + tokens.expired, unauthorized)
        case 3: self.init(gateway, observe, body, good.dropLast(6) + "AAAAAA", unauthorized)
        case 4: self.init(gateway, observe, String(body.dropLast()), good, invalid)
        case 5: self.init(gateway, observe, #"[{"type":"domain","value":7,"\#(mark.value)":1}]"#, good, invalid)
        case 6: self.init(gateway, observe, #"[{"type":"domain","value":"\#(mark.value) and more"}]"#, good, invalid)
        case 7: self.init(gateway, "/\(mark.value)", body, good, .refusal(status: 404, codes: []))
        case 8: self.init(gateway, method: "GET", observe, "", good, .refusal(status: 405, codes: []))
        case 9:
            let long = #"[{"type":"domain","value":"\#(String(repeating: "x", count: 200_000))"}]"#
            self.init(gateway, observe, long, good, invalid)
        case 10:
            self.init(gateway, observe, String(repeating: "[", count: 20_000), good, invalid)
        default:
            let event = Data(#"{"Records":[{"mark":"\#(mark.value)"}]}"#.utf8)
            self.init(gateway: gateway, event: event, expectation: .functionError("Runtime.UnmarshalError"))
        }
    }
}

extension Scenario {
    /// A few domains and addresses in the shape of SecurityTrails' answers, all from the ranges that are kept for
    /// documentation (RFC 2606, 5737 and 3849). Anything else is not known.
    package static let demonstration = Scenario(
        observables: [
            "example.com": Observable(
                a: [[.history(["192.0.2.10", "192.0.2.11", "192.0.2.10", "198.51.100.7"])]],
                aaaa: [[.history(["2001:db8::10", "2001:db8::11"], key: "ipv6")]]
            ),
            "www.example.net": Observable(
                a: [
                    [.history((1...100).map { "203.0.113.\($0)" }, pages: 3)],
                    [.history((101...200).map { "203.0.113.\($0)" }, pages: 3)],
                    [.history(["203.0.113.201"], pages: 3)],
                ],
                aaaa: [[.history([], key: "ipv6", pages: 0)]]
            ),
            // bücher.example
            "xn--bcher-kva.example": Observable(
                a: [[.history(["192.0.2.80"])]],
                aaaa: [[.history(["2001:db8::80"], key: "ipv6")]]
            ),
            "busy.example": Observable(
                a: [[.json(["message": "The upstream is busy."], status: 500)]],
                aaaa: [[.history(["2001:db8::b"], key: "ipv6")]]
            ),
            "192.0.2.10": Observable(
                list: [[.domains(["example.com", "www.example.com", "mail.example.com"], recordCount: 3)]]
            ),
            "198.51.100.7": Observable(
                list: [
                    [.domains((1...100).map { "host\($0).example.org" }, recordCount: 250, maxPage: 1, totalPages: 3)]
                ]
            ),
            "2001:db8::10": Observable(list: [[.domains(["example.com"])]]),
        ],
        fallback: .json(["message": "Not found."], status: 404)
    )
}

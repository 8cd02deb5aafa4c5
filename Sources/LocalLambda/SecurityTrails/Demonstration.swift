import Loopback

extension Scenario {
    /// A few domains and addresses in the shape of SecurityTrails' answers, all from the ranges that are kept for
    /// documentation (RFC 2606, 5737 and 3849), with made-up dates, organizations and registrars. Anything else is not
    /// known.
    package static let demonstration = Scenario(
        observables: [
            "example.com": Observable([
                // The address of today, the one before, and one that the name came back from.
                .a: [
                    [
                        .records([
                            .seen("ip", ["192.0.2.10"], "2023-11-04", "2025-06-30", ["Example Hosting"], count: 42),
                            .seen("ip", ["192.0.2.11"], "2021-05-17", "2023-11-04", ["Example Hosting"], count: 7),
                            .seen("ip", ["198.51.100.7"], "2020-08-15", "2021-05-17", ["Sample Cloud"], count: 250),
                            .seen("ip", ["192.0.2.10"], "2019-02-01", "2020-08-15", ["Old Networks"], count: 40),
                        ])
                    ]
                ],
                .aaaa: [
                    [
                        .records([
                            .seen("ipv6", ["2001:db8::10"], "2022-01-20", "2025-06-30", ["Example Hosting"], count: 3),
                            .seen("ipv6", ["2001:db8::11"], "2022-01-20", "2024-02-10", ["Example Hosting"], count: 1),
                        ])
                    ]
                ],
                .ns: [
                    [
                        .records([
                            .seen(
                                "nameserver",
                                ["a.ns.example.net", "b.ns.example.net"],
                                "2019-02-01",
                                "2025-06-30",
                                ["Example Hosting"],
                                count: 1_204
                            )
                        ])
                    ]
                ],
                .mx: [
                    [
                        .records([
                            .seen("host", ["mx.example.org"], "2021-05-17", "2025-06-30", ["Sample Mail"], count: 310),
                            .seen("host", ["mail.example.com"], "2019-02-01", "2021-05-17", ["Old Networks"], count: 1),
                        ])
                    ]
                ],
                .subdomains: [[.json(["subdomains": ["www", "mail", "api", "shop"], "subdomain_count": 4])]],
                .whois: [[registration]],
            ]),
            "www.example.net": Observable(
                a: [
                    [.addresses(1...100, pages: 3)], [.addresses(101...200, pages: 3)],
                    [.addresses(201...201, pages: 3)],
                ],
                aaaa: [[.history([], key: "ipv6", pages: 0)]]
            ),
            // bücher.example
            "xn--bcher-kva.example": Observable(
                a: [
                    [.records([.seen("ip", ["192.0.2.80"], "2018-09-01", "2025-06-29", ["Example Hosting"], count: 9)])]
                ],
                aaaa: [[.records([.seen("ipv6", ["2001:db8::80"], nil, nil, [], count: 0)])]]
            ),
            "busy.example": Observable(
                a: [[.json(["message": "The upstream is busy."], status: 500)]],
                aaaa: [[.records([.seen("ipv6", ["2001:db8::b"], "2024-04-01", nil, ["Sample Cloud"], count: 2)])]]
            ),
            "192.0.2.10": Observable(
                list: [
                    [
                        .listed(
                            [
                                .domain("example.com", rank: 1_204, company: "Example Company", mail: ["Sample Mail"]),
                                .domain("shop.example.org", rank: 98_765, company: "Sample Shop"),
                                .domain("www.example.com", company: "Example Company", mail: ["Sample Mail"]),
                            ],
                            recordCount: 3
                        )
                    ]
                ]
            ),
            "198.51.100.7": Observable(
                list: [
                    [
                        .listed(
                            (1...100).map { .domain("host\($0).example.org", rank: $0 * 1_000) },
                            recordCount: 250,
                            pages: 3
                        )
                    ]
                ]
            ),
            "2001:db8::10": Observable(list: [[.listed([.domain("example.com", rank: 1_204)], recordCount: 1)]]),
            "hostmaster@example.com": Observable(
                list: [
                    [
                        .listed(
                            [.domain("example.com", rank: 1_204), .domain("shop.example.org", rank: 98_765)],
                            recordCount: 2
                        )
                    ]
                ]
            ),
        ],
        fallback: .json(["message": "Not found."], status: 404)
    )

    private static let registration = Answer.json([
        "domain": "example.com",
        "registrarName": "Sample Registrar",
        "createdDate": "2009-08-14T00:04:25-0700",
        "updatedDate": "2024-07-15T08:12:00-0700",
        "expiresDate": "2026-08-14T00:04:25-0700",
        "contactEmail": "hostmaster@example.com",
        "contacts": [
            [
                "type": "registrant", "organization": "Example Company", "country": "NETHERLANDS", "countryCode": "NL",
                "email": "hostmaster@example.com",
            ],
            ["type": "technicalContact", "organization": "Example Hosting", "email": "noc@example.net"],
        ],
        "nameServers": ["a.ns.example.net", "b.ns.example.net"],
        "status": ["clientTransferProhibited"],
    ])
}

extension Scenario.Answer {
    /// A page of a name's history.
    fileprivate static func records(_ records: [JSONValue], pages: Int = 1) -> Self {
        .json(["records": .array(records), "pages": .integer(pages)])
    }

    /// A page of addresses 203.0.113.N, each seen for a month, a day earlier than the one before it.
    fileprivate static func addresses(_ numbers: ClosedRange<Int>, pages: Int) -> Self {
        let records = numbers.map { number -> JSONValue in
            let day = 27 - (number - 1) % 28
            let month = 6 - (number - 1) / 28 % 6
            let year = 2025 - (number - 1) / 168
            func date(_ month: Int) -> String { "\(year)-\(twoDigits(month))-\(twoDigits(day + 1))" }
            let organization = number % 2 == 1 ? "Example Content Network" : "Sample Cloud"
            return .seen(
                "ip",
                ["203.0.113.\(number)"],
                date(month),
                date(month + 1),
                [organization],
                count: 1_000 + number
            )
        }
        return .records(records, pages: pages)
    }

    /// A page of domains, of which SecurityTrails hands out only one.
    fileprivate static func listed(_ records: [JSONValue], recordCount: Int, pages: Int = 1) -> Self {
        .json([
            "records": .array(records),
            "record_count": .integer(recordCount),
            "meta": ["page": 1, "max_page": 1, "total_pages": .integer(pages)],
        ])
    }
}

private func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
}

extension JSONValue {
    /// A record of a history: values that were seen from one day to another; a day may be missing.
    ///
    /// - Parameter key: `ip`, `ipv6`, `nameserver` or `host`.
    fileprivate static func seen(
        _ key: String,
        _ values: [String],
        _ first: String?,
        _ last: String?,
        _ organizations: [String],
        count: Int
    ) -> JSONValue {
        let counter = key == "host" ? "mx_count" : "\(key)_count"
        return [
            "first_seen": first.map(JSONValue.string) ?? .null,
            "last_seen": last.map(JSONValue.string) ?? .null,
            "organizations": .array(organizations.map(JSONValue.string)),
            "values": .array(values.map { [key: .string($0), counter: .integer(count)] }),
        ]
    }

    /// A record of a list of domains.
    fileprivate static func domain(
        _ name: String,
        rank: Int? = nil,
        company: String? = nil,
        mail: [String] = []
    ) -> JSONValue {
        [
            "hostname": .string(name),
            "alexa_rank": rank.map(JSONValue.integer) ?? .null,
            "computed": ["company_name": company.map(JSONValue.string) ?? .null],
            "host_provider": ["Example Hosting"],
            "mail_provider": .array(mail.map(JSONValue.string)),
            // Milliseconds since 1970: August 2009 and August 2026.
            "whois": [
                "registrar": "Sample Registrar", "createdDate": 1_250_195_865_000, "expiresDate": 1_786_665_600_000,
            ],
        ]
    }
}

import Foundation
import Loopback

/// What a stand-in SecurityTrails answers. As JSON it is an object of `ping`, `observables` (value → kind of question →
/// a page each), `paths` (exact decoded path, looked at first) and `default`; wherever an answer may stand, so may a list
/// of them: one a call, and the last repeats.
package struct Scenario: Decodable, Sendable {
    /// What can be asked about an observable; the raw value is what a scenario in JSON calls it.
    package enum Question: String, CaseIterable, Sendable {
        /// `history/VALUE/dns/a`
        case a
        /// `history/VALUE/dns/aaaa`
        case aaaa
        /// `history/VALUE/dns/ns`
        case ns
        /// `history/VALUE/dns/mx`
        case mx
        /// `domains/list`, VALUE being in the filter.
        case list
        /// `domain/VALUE/subdomains`
        case subdomains
        /// `domain/VALUE/whois`
        case whois
        /// `domain/VALUE/tags`
        case tags
        /// `domain/VALUE/associated`
        case associated
        /// `history/VALUE/whois`
        case whoisHistory = "history-whois"
    }

    /// What is known of one observable: the pages of each question about it.
    package struct Observable: Decodable, Sendable {
        /// One element a page.
        package var pages: [Question: [Answers]]

        package init(_ pages: [Question: [Answers]]) {
            self.pages = pages
        }

        /// The most frequent questions; nil: nothing is known.
        package init(a: [Answers]? = nil, aaaa: [Answers]? = nil, list: [Answers]? = nil) {
            pages = [:]
            pages[.a] = a
            pages[.aaaa] = aaaa
            pages[.list] = list
        }

        package init(from decoder: any Decoder) throws {
            pages = [:]
            for (name, answers) in try [String: [Answers]](from: decoder) {
                // An unknown name is refused before, with the file and the member (`Scenario.unknownMembers`).
                if let question = Question(rawValue: name) { pages[question] = answers }
            }
        }
    }

    /// The answers to successive calls; the last one repeats.
    package struct Answers: Decodable, Sendable, ExpressibleByArrayLiteral {
        /// In the order of the calls.
        package var list: [Answer]

        /// The answers to successive calls.
        package init(_ list: [Answer]) {
            self.list = list
        }

        /// The answers to successive calls.
        package init(arrayLiteral elements: Answer...) {
            list = elements
        }

        /// Reads one answer, or a list of them.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            list = try (try? container.decode([Answer].self)) ?? [container.decode(Answer.self)]
        }
    }

    /// What `ping` is answered; nil: that all is well.
    package var ping: Answers?
    /// What is known, by value as it is asked for.
    package var observables: [String: Observable]?
    /// Answers by decoded path.
    package var paths: [String: Answers]?
    /// The answer to everything else; nil: 598 and a message.
    package var fallback: Answer?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case ping, observables, paths
        case fallback = "default"
    }

    /// A scenario.
    package init(
        ping: Answers? = nil,
        observables: [String: Observable] = [:],
        paths: [String: Answers] = [:],
        fallback: Answer? = nil
    ) {
        self.ping = ping
        self.observables = observables
        self.paths = paths
        self.fallback = fallback
    }
}

extension Scenario {
    /// The paths of the members of a scenario in JSON that mean nothing here.
    static func unknownMembers(in json: JSONValue) -> [String] {
        var unknown = json.members(beside: CodingKeys.self)
        func look(at answers: JSONValue?, _ path: String) {
            for answer in answers?.array ?? [answers].compactMap(\.self) {
                unknown += answer.members(beside: Answer.CodingKeys.self).map { "\(path).\($0)" }
            }
        }
        look(at: json["ping"], "ping")
        look(at: json["default"], "default")
        for (path, answers) in json["paths"]?.object ?? [:] { look(at: answers, "paths.\(path)") }
        for (value, questions) in json["observables"]?.object ?? [:] {
            for (name, pages) in questions.object ?? [:] {
                let path = "observables.\(value).\(name)"
                if Question(rawValue: name) == nil { unknown.append(path) }
                for (number, answers) in (pages.array ?? []).enumerated() { look(at: answers, "\(path).\(number)") }
            }
        }
        return unknown.sorted()
    }
}

extension JSONValue {
    /// The names of an object's members that are none of these keys, sorted.
    func members<Key: CodingKey & CaseIterable>(beside known: Key.Type) -> [String] {
        let known = Set(known.allCases.map(\.stringValue))
        return (object ?? [:]).keys.filter { !known.contains($0) }.sorted()
    }
}

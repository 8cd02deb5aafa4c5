import Foundation
import Testing

/// The colours of the page's style sheet, of its light and its dark theme.
@Suite("The page's colours")
struct ColorTests {
    enum Theme: String, CaseIterable {
        case light = ":root {"
        case dark = ":root[data-theme=\"dark\"] {"
    }

    /// The variables that a theme sets.
    private func colors(_ theme: Theme) throws -> [String: Color] {
        let file = URL(fileURLWithPath: #filePath)
            .appendingPathComponent("../../../Sources/Investigation/Page/Browser/page.css").standardized
        let sheet = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(sheet.range(of: theme.rawValue)).upperBound
        let rule = sheet[start...].prefix { $0 != "}" }
        return Dictionary(
            rule.matches(of: /--([a-z0-9-]+): #([0-9a-f]{6});/).map { (String($0.output.1), Color($0.output.2)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    @Test("Text is readable on everything that it stands on: 4.5 to 1", arguments: Theme.allCases)
    func text(theme: Theme) throws {
        let colors = try colors(theme)
        var pairs = [
            ("on-accent", "accent"), ("card", "text"), ("error", "error-ground"), ("warning", "warning-ground"),
        ]
        for ground in ["ground", "card", "hover"] {
            for text in ["text", "soft", "faint", "accent"] { pairs.append((text, ground)) }
        }
        for (text, ground) in pairs {
            let contrast = try #require(colors[text]).contrast(try #require(colors[ground]))
            #expect(contrast >= 4.5, "\(text) on \(ground)")
        }
    }

    @Test("Nodes, edges, bars and the frames of fields can be seen: 3 to 1", arguments: Theme.allCases)
    func graphics(theme: Theme) throws {
        let colors = try colors(theme)
        let organizations = (1...6).map { "org-\($0)" } + ["org-other"]
        let pairs =
            ["domain", "ip", "ipv6", "email", "group", "edge", "accent", "field"].map { ($0, "ground") }
            + (organizations + ["field", "accent"]).map { ($0, "card") }
        for (mark, ground) in pairs {
            let contrast = try #require(colors[mark]).contrast(try #require(colors[ground]))
            #expect(contrast >= 3, "\(mark) on \(ground)")
        }
    }

    @Test("Organizations are told apart, also by who sees less of red, green or blue", arguments: Theme.allCases)
    func organizations(theme: Theme) throws {
        let colors = try colors(theme)
        let all = try ((1...6).map { "org-\($0)" } + ["org-other"]).map { name in try #require(colors[name]) }
        for sight in Color.Sight.allCases {
            for (index, one) in all.enumerated() {
                for other in all[(index + 1)...] {
                    // About four times what is just seen.
                    #expect(
                        one.seen(by: sight).distance(other.seen(by: sight)) >= 0.07,
                        "\(one) and \(other): \(sight)"
                    )
                }
            }
        }
    }
}

/// A colour in linear light.
private struct Color: CustomStringConvertible {
    let red, green, blue: Double

    init(_ digits: Substring) {
        let number = Int(digits, radix: 16) ?? 0
        let parts = [16, 8, 0].map { shift -> Double in
            let part = Double(number >> shift & 255) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        (red, green, blue) = (parts[0], parts[1], parts[2])
    }

    private init(_ parts: [Double]) {
        (red, green, blue) = (parts[0], parts[1], parts[2])
    }

    var description: String { "(\(red), \(green), \(blue))" }

    /// https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    func contrast(_ other: Color) -> Double {
        let (one, two) = (light + 0.05, other.light + 0.05)
        return max(one, two) / min(one, two)
    }

    private var light: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }

    /// Full colour vision, and the three dichromacies.
    enum Sight: CaseIterable {
        case full, protanopia, deuteranopia, tritanopia
    }

    /// What is seen of it: the matrices of Machado, Oliveira and Fernandes (https://doi.org/10.1109/TVCG.2009.113).
    func seen(by sight: Sight) -> Color {
        let rows: [[Double]]
        switch sight {
        case .full: return self
        case .protanopia:
            rows = [
                [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
            ]
        case .deuteranopia:
            rows = [
                [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
            ]
        case .tritanopia:
            rows = [
                [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
            ]
        }
        return Color(rows.map { min(max($0[0] * red + $0[1] * green + $0[2] * blue, 0), 1) })
    }

    /// The distance in Oklab (https://bottosson.github.io/posts/oklab/); 0.02 is about what is just seen.
    func distance(_ other: Color) -> Double {
        let (one, two) = (oklab, other.oklab)
        return zip(one, two).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
    }

    private var oklab: [Double] {
        let long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
        let middle = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
        let short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
        return [
            0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
            1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
            0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
        ]
    }
}

import HTTPClient

/// A day of the calendar, in UTC.
package struct Day: Comparable, Hashable, Sendable {
    /// Days since 1 January 1970.
    private let number: Int32

    private static let secondsPerDay = 86_400

    /// From 1970, before there was DNS, to the last year that four digits can write.
    private static let range: ClosedRange<Int32> = 0...2_932_896

    private init(number: Int32) {
        self.number = number
    }

    /// The day of a moment; nil for one outside the years 1970 to 9999.
    package init?(secondsSince1970 seconds: Int) {
        let days = seconds / Self.secondsPerDay - (seconds % Self.secondsPerDay < 0 ? 1 : 0)
        guard let number = Int32(exactly: days), Self.range.contains(number) else { return nil }
        self.number = number
    }

    /// Today.
    package static var today: Day {
        Day(secondsSince1970: Int(secondsSince1970())) ?? Day(number: 0)
    }

    /// The day of a date (`2019-10-20`), or of a date and time with a zone (`2019-05-13T06:58:33-0700`, ISO 8601); nil for
    /// anything else.
    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count >= 10, let year = Self.digits(text, 0..<4), let month = Self.digits(text, 5..<7),
            let day = Self.digits(text, 8..<10), text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            year >= 1970, let date = CalendarDate(year: year, month: month, day: day)
        else { return nil }
        let days = date.daysSince1970
        guard text.count > 10 else {
            self.init(number: Int32(days))
            return
        }
        guard let seconds = Self.secondsInUTC(UnsafeBufferPointer(rebasing: text[10...])) else { return nil }
        self.init(secondsSince1970: days * Self.secondsPerDay + seconds)
    }

    /// `2019-10-20`
    package var text: String {
        CalendarDate(daysSince1970: Int(number)).text
    }

    package static func < (left: Day, right: Day) -> Bool {
        left.number < right.number
    }

    // MARK: - Digits

    private static func digits(_ text: UnsafeBufferPointer<UInt8>, _ places: Range<Int>) -> Int? {
        var number = 0
        for place in places {
            let digit = text[place] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }

    /// The seconds from midnight in UTC to a time with its zone, `T06:58:33-0700`, fractions left out.
    private static func secondsInUTC(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard text.count >= 9, text[0] == UInt8(ascii: "T") || text[0] == UInt8(ascii: " "),
            text[3] == UInt8(ascii: ":"), text[6] == UInt8(ascii: ":"),
            let hours = digits(text, 1..<3), let minutes = digits(text, 4..<6), let seconds = digits(text, 7..<9),
            hours < 24, minutes < 60, seconds <= 60
        else { return nil }
        var place = 9
        if place < text.count, text[place] == UInt8(ascii: ".") {
            place += 1
            while place < text.count, text[place] &- UInt8(ascii: "0") < 10 { place += 1 }
        }
        let time = hours * 3600 + minutes * 60 + seconds
        guard place < text.count else { return time }
        switch text[place] {
        case UInt8(ascii: "Z") where place + 1 == text.count: return time
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            let zone = text[(place + 1)...].filter { $0 != UInt8(ascii: ":") }
            let offset = zone.withUnsafeBufferPointer { zone in
                zone.count == 4 ? digits(zone, 0..<4) : nil
            }
            guard let offset, offset < 2400, offset % 100 < 60 else { return nil }
            let shift = offset / 100 * 3600 + offset % 100 * 60
            return text[place] == UInt8(ascii: "+") ? time - shift : time + shift
        default: return nil
        }
    }
}

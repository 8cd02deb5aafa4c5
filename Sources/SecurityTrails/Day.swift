import HTTPClient

/// A day of the calendar, in UTC.
package struct Day: Comparable, Hashable, Sendable {
    /// Days since 1 January 1970.
    private let number: Int32

    private static let secondsPerDay = 86_400

    /// From 1970, before there was DNS, to the last year that four digits can write.
    private static let range = 0...Day(year: 9999, month: 12, day: 31).number

    private init(number: Int32) {
        self.number = number
    }

    private init(year: Int, month: Int, day: Int) {
        // Days from civil: years begin in March, so that the leap day is the last one
        // (https://howardhinnant.github.io/date_algorithms.html).
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = Int32(era * 146_097 + dayOfEra - 719_468)
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
            year >= 1970, (1...12).contains(month), (1...Self.length(month, year)).contains(day)
        else { return nil }
        let date = Day(year: year, month: month, day: day)
        guard text.count > 10 else {
            self = date
            return
        }
        guard let seconds = Self.secondsInUTC(UnsafeBufferPointer(rebasing: text[10...])) else { return nil }
        self.init(secondsSince1970: Int(date.number) * Self.secondsPerDay + seconds)
    }

    /// `2019-10-20`
    package var text: String {
        let shifted = Int(number) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return String(unsafeUninitializedCapacity: 10) { bytes in
            Self.write(year, to: bytes, 0..<4)
            bytes[4] = UInt8(ascii: "-")
            Self.write(month, to: bytes, 5..<7)
            bytes[7] = UInt8(ascii: "-")
            Self.write(day, to: bytes, 8..<10)
            return 10
        }
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

    private static func write(_ number: Int, to bytes: UnsafeMutableBufferPointer<UInt8>, _ places: Range<Int>) {
        var rest = number
        for place in places.reversed() {
            bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    private static func length(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
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

/// A date of the Gregorian calendar. (The system's gmtime_r would read the time zone's file first.)
package struct CalendarDate {
    /// Years, months from 1 and days of the month from 1.
    package let year: Int
    package let month: Int
    package let day: Int

    /// The date so many days after 1 January 1970.
    package init(daysSince1970 days: Int) {
        // Years begin in March here, so that the leap day is the last one
        // (https://howardhinnant.github.io/date_algorithms.html).
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    }

    /// A date; nil if there is none such.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year)
        else {
            return nil
        }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Days since 1 January 1970.
    package var daysSince1970: Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// `2019-10-20`
    package var text: String {
        String(unsafeUninitializedCapacity: 10) { memory in
            var text = DigitWriter(memory: memory)
            text.append(self)
            return text.count
        }
    }

    /// A moment in UTC, as RFC 3339: `2019-10-20T11:22:33Z`, or with milliseconds.
    package static func timestamp(secondsSince1970 seconds: Int, milliseconds: Int? = nil) -> String {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        return String(unsafeUninitializedCapacity: 24) { memory in
            var text = DigitWriter(memory: memory)
            text.append(CalendarDate(daysSince1970: days))
            text.append("T", rest / 3600, width: 2)
            text.append(":", rest / 60 % 60, width: 2)
            text.append(":", rest % 60, width: 2)
            if let milliseconds { text.append(".", milliseconds, width: 3) }
            text.append("Z")
            return text.count
        }
    }
}

/// Writes numbers of so many digits each.
private struct DigitWriter {
    let memory: UnsafeMutableBufferPointer<UInt8>
    var count = 0

    mutating func append(_ letter: Unicode.Scalar) {
        memory[count] = UInt8(ascii: letter)
        count += 1
    }

    mutating func append(_ letter: Unicode.Scalar, _ number: Int, width: Int) {
        append(letter)
        append(number, width: width)
    }

    mutating func append(_ number: Int, width: Int) {
        var rest = number
        for place in (count..<count + width).reversed() {
            memory[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += width
    }

    mutating func append(_ date: CalendarDate) {
        append(date.year, width: 4)
        append("-", date.month, width: 2)
        append("-", date.day, width: 2)
    }
}

import Foundation

/// A date and a time of day with a zone (RFC 3339, section 5.6), as seconds since 1970; nil for any other text.
func moment(_ text: String) -> Double? {
    let form = /(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|([+-])(\d\d):(\d\d))/
    guard let parts = text.wholeMatch(of: form)?.output else { return nil }
    let numbers = [parts.1, parts.2, parts.3, parts.4, parts.5, parts.6].compactMap { Int($0) }
    let offset = [parts.9, parts.10].compactMap { $0.flatMap { Int($0) } }
    guard numbers.count == 6, (1...12).contains(numbers[1]),
        (1...days(inMonth: numbers[1], of: numbers[0])).contains(numbers[2]),
        numbers[3] < 24, numbers[4] < 60, numbers[5] < 60, offset.first ?? 0 < 24, offset.last ?? 0 < 60
    else { return nil }
    let zone = offset.count == 2 ? (offset[0] * 60 + offset[1]) * 60 * (parts.8 == "-" ? -1 : 1) : 0
    let time = (numbers[3] * 60 + numbers[4]) * 60 + numbers[5] - zone
    let fraction = parts.7.flatMap { Double("0" + $0) } ?? 0
    return Double(day(numbers[0], numbers[1], numbers[2]) * 86_400 + time) + fraction
}

private func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, the year counted from March so that a leap day is its last.
private func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let years = month > 2 ? year : year - 1
    let monthsSinceMarch = (month + 9) % 12
    let leapDays = years / 4 - years / 100 + years / 400
    return years * 365 + leapDays + (monthsSinceMarch * 153 + 2) / 5 + day - 719_469
}

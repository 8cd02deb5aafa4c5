import Foundation

/// A date and a time of day with a zone (RFC 3339, section 5.6), as seconds since 1970; nil for any other text.
func moment(_ text: String) -> Double? {
    // Every answer of a replay is searched for times; compiling a regular expression for each took most of a replay's time.
    var rest = text.utf8[...]
    func take(_ sign: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest.removeFirst()
        return true
    }
    func number(_ digits: Int, to limit: Int = .max) -> Int? {
        guard rest.count >= digits, rest.prefix(digits).allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(Substring(rest.prefix(digits))), number <= limit
        else { return nil }
        rest.removeFirst(digits)
        return number
    }
    guard let year = number(4), take("-"), let month = number(2), take("-"), let date = number(2), take("T"),
        let hour = number(2, to: 23), take(":"), let minute = number(2, to: 59), take(":"),
        let second = number(2, to: 59), (1...12).contains(month), (1...days(inMonth: month, of: year)).contains(date)
    else { return nil }
    var time = Double(day(year, month, date) * 86_400 + (hour * 60 + minute) * 60 + second)
    if take(".") {
        let fraction = rest.prefix { (0x30...0x39).contains($0) }
        guard !fraction.isEmpty, let value = Double("0.\(Substring(fraction))") else { return nil }
        time += value
        rest.removeFirst(fraction.count)
    }
    if !take("Z") {
        guard let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            let hours = number(2, to: 23), take(":"), let minutes = number(2, to: 59)
        else { return nil }
        time -= Double((hours * 60 + minutes) * 60 * (sign == UInt8(ascii: "-") ? -1 : 1))
    }
    return rest.isEmpty ? time : nil
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

/// The paths that the platform calls, each with POST.
enum Endpoint: String, CaseIterable {
    case health = "/health"
    case observe = "/observe/observables"
    case refer = "/refer/observables"
    case deliberate = "/deliberate/observables"
    case respond = "/respond/observables"
    case trigger = "/respond/trigger"
    case tiles = "/tiles"
    case tile = "/tiles/tile"
    case tileData = "/tiles/tile-data"
    case version = "/version"

    /// The methods that every endpoint answers.
    static let allow = "OPTIONS, POST"

    /// The endpoint at a path; a slash at the end is taken too.
    init?(path: String) {
        self.init(rawValue: path.hasSuffix("/") ? String(path.dropLast()) : path)
    }
}

import Foundation

StandardStreams.openClosed()
exit(dispatch(Array(CommandLine.arguments.dropFirst()), .process))

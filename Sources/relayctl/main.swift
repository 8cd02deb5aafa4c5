import Foundation

openStandardStreams()
exit(flushed(dispatch(Array(CommandLine.arguments.dropFirst()))))

// Nothing to call: this target only stands in for what the packaged executable is not linked with.

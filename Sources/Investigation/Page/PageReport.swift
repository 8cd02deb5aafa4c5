import Extraction
import Loopback

extension Findings {
    /// What the page shows: relations and tables brought together, and beside them the relay's own JSON.
    var pageReport: JSONValue {
        [
            "observables": .array(observables.map(\.json)),
            "sightings": .array(sightings.map(\.pageReport)),
            "links": .array(links.map { ["title": .string($0.title), "url": .string($0.url)] }),
            "errors": .array(
                notices.map { notice in
                    [
                        "warning": .bool(notice.isWarning), "code": .string(notice.code),
                        "message": .string(notice.message),
                        "about": .array(observables.map(\.value).filter(notice.names).map(JSONValue.string)),
                    ]
                }
            ),
            "not_asked": .array(unasked.map(JSONValue.string)),
        ]
    }
}

extension Sighting {
    fileprivate var pageReport: JSONValue {
        [
            "observable": observable.json,
            "description": .string(description),
            "count": .integer(count),
            "start": start.map(JSONValue.string) ?? .null,
            "end": end.map(JSONValue.string) ?? .null,
            "relation": relation.map(JSONValue.string) ?? .null,
            "columns": .array(columns.map(JSONValue.string)),
            "related": .array(
                related.map { other in
                    [
                        "type": .string(other.entity.type), "value": .string(other.entity.value),
                        "is_source": .bool(other.isSource), "cells": .array(other.cells),
                    ]
                }
            ),
            "facts": .array(facts.map { .array([.string($0.name), $0.value]) }),
            "raw": json,
        ]
    }
}

extension Entity {
    fileprivate var json: JSONValue {
        ["type": .string(type), "value": .string(value)]
    }
}

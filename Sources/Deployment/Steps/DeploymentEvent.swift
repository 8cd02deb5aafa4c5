/// What a deployment tells while it goes on.
package enum DeploymentEvent: Sendable {
    /// A step begins.
    case began(String)
    /// So many bytes of the zip are sent.
    case uploaded(sent: Int, total: Int)
    /// AWS is at work, or was asked to be asked again.
    case waiting
    /// The step that began last is done.
    case ended(Outcome, String?)
    /// Something is not as it should be, and the deployment goes on.
    case warning(String)
    /// Something worth knowing.
    case note(String)

    /// What became of a thing.
    package enum Outcome: String, Sendable {
        /// It is there, and was only looked at.
        case found
        /// It was right already.
        case unchanged
        /// It was not there.
        case created
        /// It was there, and otherwise.
        case changed
        /// It was there, and is no more.
        case deleted
        /// It was not there, and is not missed.
        case absent
    }
}

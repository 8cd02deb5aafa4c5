/// The relay's version: what `/version` answers, what SecurityTrails sees as the user agent, what `relayctl --version` prints.
package let relayVersion = "1.0.0"

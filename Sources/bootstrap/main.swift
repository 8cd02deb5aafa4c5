import Relay
print(relayVersion)

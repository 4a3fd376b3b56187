// Replaces parts of the AWS SDK in the bundles. Clients load these parts when they start, but no function uses them. An operation that
// needs one of them fails in every test that calls it.

const unchanged = <Config>(config: Config): Config => config;

/** Endpoint discovery, with a cache. DynamoDB has no endpoints to discover. */
export const resolveEndpointDiscoveryConfig = unchanged;
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { default: undefined };

/** Responses as streams of events. No operation that the functions call has one. */
export const resolveEventStreamSerdeConfig = unchanged;
export const eventStreamSerdeProvider = () => undefined;
